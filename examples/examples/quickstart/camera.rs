//! Renders photographs, for a run without a folder: hills under a sky, with the grain of a camera.

use std::f64::consts::TAU;

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use offloop::cpu_bound;

use crate::photos::ImageError;
use crate::place::Place;

/// The size of a photograph of 12 megapixels.
pub(crate) const WIDTH: u32 = 4000;
pub(crate) const HEIGHT: u32 = 3000;

/// A photograph as a camera stores it, and where it was rendered.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) number: u32,
    pub(crate) jpeg: Vec<u8>,
    pub(crate) made_by: Place,
}

/// Renders the photograph of this number.
///
/// This code neither crashes nor leaks, so it runs on threads. No value is encoded there, and
/// `Rendered` needs no serde.
#[cpu_bound(threads)]
pub(crate) fn render(number: u32) -> Result<Rendered, ImageError> {
    let horizon: Vec<f64> = (0..WIDTH).map(|x| horizon(x, number)).collect();
    let mut grain = Grain(number + 1);
    let photo = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let light = 120 * y / HEIGHT;
        let [red, green, blue] = if f64::from(y) < horizon[x as usize] {
            [90 + light, 140 + light / 2, 235 - light / 4]
        } else {
            [110 - light / 2, 160 - light, 70 - light / 3]
        };
        let grain = grain.next();
        Rgb([red, green, blue].map(|value| u8::try_from(value + grain).unwrap_or(u8::MAX)))
    });
    let mut jpeg = Vec::new();
    photo.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 90))?;
    Ok(Rendered {
        number,
        jpeg,
        made_by: Place::here(),
    })
}

/// Returns how far down the sky reaches in column `x`, in pixels.
fn horizon(x: u32, number: u32) -> f64 {
    let angle = f64::from(x) / f64::from(WIDTH) * TAU + f64::from(number);
    f64::from(HEIGHT) * (0.5 + 0.12 * angle.sin() + 0.05 * (3.7 * angle).sin())
}

/// The grain of a photograph. Without it the photograph would be far too easy to compress. These
/// are random numbers by xorshift, which must not start at 0.
struct Grain(u32);

impl Grain {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % 16
    }
}
