//! Photographs, and thumbnails of them.

use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use image::ImageFormat;
use offloop::{ProcessPool, blocking_io, cpu_bound};
use serde::{Deserialize, Serialize};

use crate::camera::Rendered;
use crate::place::Place;

/// Worker processes for pictures that are not trusted. A picture that needs too much memory or
/// time, or that crashes the decoder, is an error of one call.
pub(crate) static IMAGES: ProcessPool = ProcessPool::new("images")
    .memory_limit(1 << 30)
    .timeout(Duration::from_secs(30));

/// A photograph to make a thumbnail of.
pub(crate) enum Photo {
    File(PathBuf),
    Rendered(Rendered),
}

/// A small JPEG, and where it was made.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Thumbnail {
    pub(crate) jpeg: Vec<u8>,
    pub(crate) made_by: Place,
}

/// Why there is no thumbnail. It comes from a worker process, so it needs `Serialize` and
/// `Deserialize`.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub(crate) enum ImageError {
    #[error("cannot be read: {0}")]
    File(String),
    #[error("not a picture that can be decoded: {0}")]
    Picture(String),
    #[error(transparent)]
    Call(#[from] offloop::Error),
}

/// Returns a thumbnail of a JPEG or a PNG. It has the proportions of the photograph and fits into
/// the width, and into the height if there is one.
#[cpu_bound(pool = IMAGES)]
pub(crate) fn thumbnail(
    jpeg: &[u8],
    #[default = 256] width: u32,
    height: Option<u32>,
) -> Result<Thumbnail, ImageError> {
    let photo = image::load_from_memory(jpeg)?;
    let small = photo
        .thumbnail(width, height.unwrap_or(u32::MAX))
        .into_rgb8();
    let mut jpeg = Vec::new();
    small.write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg)?;
    Ok(Thumbnail {
        jpeg,
        made_by: Place::here(),
    })
}

#[blocking_io]
fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
}

impl Photo {
    pub(crate) fn name(&self) -> String {
        match self {
            Photo::File(path) => {
                // A name may contain control characters, which the terminal would obey.
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.replace(char::is_control, "?")
            }
            Photo::Rendered(rendered) => format!("photograph {}", rendered.number),
        }
    }

    pub(crate) async fn thumbnail(self) -> Result<Thumbnail, ImageError> {
        let jpeg = match self {
            Photo::File(path) => read(&path).await?,
            Photo::Rendered(rendered) => rendered.jpeg,
        };
        thumbnail::builder().jpeg(jpeg).await
    }

    /// Makes the thumbnail on this thread, and blocks it.
    pub(crate) fn thumbnail_in_place(&self) -> Result<Thumbnail, ImageError> {
        match self {
            Photo::File(path) => thumbnail::blocking(&read::blocking(path)?, 256, None),
            Photo::Rendered(rendered) => thumbnail::blocking(&rendered.jpeg, 256, None),
        }
    }
}

/// Returns the files of a folder whose names end like those of JPEG and PNG files, sorted by name.
#[blocking_io]
pub(crate) fn in_folder(folder: &Path) -> anyhow::Result<Vec<Photo>> {
    let shown = folder.display();
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot open the folder {shown}"))? {
        let path = entry
            .with_context(|| format!("cannot read the folder {shown}"))?
            .path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_photo = extension.is_some_and(|extension| {
            ["jpg", "jpeg", "png"]
                .iter()
                .any(|known| extension.eq_ignore_ascii_case(known))
        });
        if is_photo && !path.is_dir() {
            files.push(path);
        }
    }
    ensure!(
        !files.is_empty(),
        "there is no JPEG or PNG file in the folder {shown}"
    );
    files.sort();
    Ok(files.into_iter().map(Photo::File).collect())
}

impl From<io::Error> for ImageError {
    fn from(error: io::Error) -> ImageError {
        ImageError::File(error.to_string())
    }
}

impl From<image::ImageError> for ImageError {
    fn from(error: image::ImageError) -> ImageError {
        ImageError::Picture(error.to_string())
    }
}
