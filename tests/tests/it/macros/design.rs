//! The face of the crate, whole: every form of declaring and calling that the docs show.

use std::time::Duration;

use bytes::Bytes;
use offloop::{ProcessPool, ThreadPool, blocking_io, cpu_bound};
use serde::{Deserialize, Serialize};

static DB: ThreadPool = ThreadPool::new("db").threads(8).queue(1_000);
static IMAGES: ProcessPool = ProcessPool::new("images")
    .workers(4)
    .memory_limit(512 << 20)
    .timeout(Duration::from_secs(30))
    .recycle_after(1_000);
static OTHER: ProcessPool = ProcessPool::new("other").workers(1);

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("not an address: {0}")]
    Address(String),
    #[error(transparent)]
    Call(#[from] offloop::Error),
}

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
enum ImageError {
    #[error("no image")]
    Empty,
    #[error(transparent)]
    Call(#[from] offloop::Error),
}

/// Loads one page.
#[blocking_io]
pub fn fetch(url: &str, #[default = 3] retries: u32) -> Result<String, FetchError> {
    if url.starts_with("https://") {
        Ok(format!("{url} within {retries}"))
    } else {
        Err(FetchError::Address(url.to_owned()))
    }
}

#[blocking_io(pool = DB)]
fn load(key: &str) -> String {
    format!("{key} by {}", std::thread::current().name().unwrap())
}

/// Makes a small image of a large one.
#[cpu_bound(pool = IMAGES)]
pub fn thumbnail(
    jpeg: &[u8],
    #[default = 256] width: u32,
    height: Option<u32>,
) -> Result<Vec<u8>, ImageError> {
    if jpeg.is_empty() {
        return Err(ImageError::Empty);
    }
    Ok([width, height.unwrap_or(width)]
        .map(|side| u8::try_from(side % 251).unwrap())
        .to_vec())
}

#[cpu_bound(threads)]
fn checksum(data: Bytes) -> u64 {
    data.iter().map(|byte| u64::from(*byte)).sum()
}

#[tokio::test]
async fn the_forms_that_the_docs_show_compile_and_run_as_written()
-> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let bytes = vec![1_u8, 2, 3];

    assert_eq!(fetch("https://…", 3).await?, "https://… within 3");
    assert_eq!(
        fetch::builder().url("https://…").await?,
        "https://… within 3"
    );
    assert!(matches!(fetch("ftp", 3).await, Err(FetchError::Address(_))));
    assert_eq!(load("k").await?, "k by db-1");

    let call = thumbnail::builder().jpeg(bytes.clone()).width(128).call();
    assert_eq!(call.timeout(Duration::from_secs(60)).await?, [128, 128]);
    assert_eq!(
        thumbnail(&bytes, 128, None).on(&OTHER).retry(2).await?,
        [128, 128]
    );
    assert_eq!(thumbnail::blocking(&bytes, 128, None)?, [128, 128]);
    assert!(matches!(
        thumbnail(&[], 1, None).await,
        Err(ImageError::Empty)
    ));
    let waited = tokio::task::spawn_blocking(move || thumbnail(&bytes, 128, Some(64)).wait());
    assert_eq!(waited.await??, [128, 64]);

    assert_eq!(checksum(Bytes::from_static(&[1, 2, 3])).await?, 6);
    assert_eq!(DB.run(|| 6 * 7).await?, 42);
    Ok(())
}
