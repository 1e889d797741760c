//! `image::DynamicImage`: its methods, as methods of a type that holds one.

use ::image::imageops::FilterType;
use ::image::{
    ColorType, DynamicImage, GrayAlphaImage, GrayImage, ImageBuffer, ImageFormat, ImageResult,
    Luma, Rgb, Rgb32FImage, RgbImage, Rgba, RgbaImage,
};
use offloop::methods;
use std::path::Path;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture(Arc<DynamicImage>);

impl From<DynamicImage> for Picture {
    fn from(image: DynamicImage) -> Self {
        Self(Arc::new(image))
    }
}

#[methods]
impl Picture {
    #[cpu_bound(threads)]
    fn new(w: u32, h: u32, color: ColorType) -> Self {
        DynamicImage::new(w, h, color).into()
    }
    #[cpu_bound(threads)]
    fn to_rgb8(&self) -> RgbImage {
        self.0.to_rgb8()
    }
    #[cpu_bound(threads)]
    fn to_rgba8(&self) -> RgbaImage {
        self.0.to_rgba8()
    }
    #[cpu_bound(threads)]
    fn to_luma8(&self) -> GrayImage {
        self.0.to_luma8()
    }
    #[cpu_bound(threads)]
    fn to_rgb16(&self) -> ImageBuffer<Rgb<u16>, Vec<u16>> {
        self.0.to_rgb16()
    }
    #[cpu_bound(threads)]
    fn to_rgba16(&self) -> ImageBuffer<Rgba<u16>, Vec<u16>> {
        self.0.to_rgba16()
    }
    #[cpu_bound(threads)]
    fn to_luma16(&self) -> ImageBuffer<Luma<u16>, Vec<u16>> {
        self.0.to_luma16()
    }
    #[cpu_bound(threads)]
    fn to_luma_alpha8(&self) -> GrayAlphaImage {
        self.0.to_luma_alpha8()
    }
    #[cpu_bound(threads)]
    fn to_rgb32f(&self) -> Rgb32FImage {
        self.0.to_rgb32f()
    }
    #[cpu_bound(threads)]
    fn crop_imm(&self, x: u32, y: u32, width: u32, height: u32) -> Self {
        self.0.crop_imm(x, y, width, height).into()
    }
    #[cpu_bound(threads)]
    fn grayscale(&self) -> Self {
        self.0.grayscale().into()
    }
    #[cpu_bound(threads)]
    fn resize(&self, nwidth: u32, nheight: u32, filter: FilterType) -> Self {
        self.0.resize(nwidth, nheight, filter).into()
    }
    #[cpu_bound(threads)]
    fn resize_exact(&self, nwidth: u32, nheight: u32, filter: FilterType) -> Self {
        self.0.resize_exact(nwidth, nheight, filter).into()
    }
    #[cpu_bound(threads)]
    fn resize_to_fill(&self, nwidth: u32, nheight: u32, filter: FilterType) -> Self {
        self.0.resize_to_fill(nwidth, nheight, filter).into()
    }
    #[cpu_bound(threads)]
    fn thumbnail(&self, nwidth: u32, nheight: u32) -> Self {
        self.0.thumbnail(nwidth, nheight).into()
    }
    #[cpu_bound(threads)]
    fn thumbnail_exact(&self, nwidth: u32, nheight: u32) -> Self {
        self.0.thumbnail_exact(nwidth, nheight).into()
    }
    #[cpu_bound(threads)]
    fn blur(&self, sigma: f32) -> Self {
        self.0.blur(sigma).into()
    }
    #[cpu_bound(threads)]
    fn fast_blur(&self, sigma: f32) -> Self {
        self.0.fast_blur(sigma).into()
    }
    #[cpu_bound(threads)]
    fn unsharpen(&self, sigma: f32, threshold: i32) -> Self {
        self.0.unsharpen(sigma, threshold).into()
    }
    #[cpu_bound(threads)]
    fn filter3x3(&self, kernel: &[f32]) -> Self {
        self.0.filter3x3(kernel).into()
    }
    #[cpu_bound(threads)]
    fn adjust_contrast(&self, c: f32) -> Self {
        self.0.adjust_contrast(c).into()
    }
    #[cpu_bound(threads)]
    fn brighten(&self, value: i32) -> Self {
        self.0.brighten(value).into()
    }
    #[cpu_bound(threads)]
    fn huerotate(&self, value: i32) -> Self {
        self.0.huerotate(value).into()
    }
    #[cpu_bound(threads)]
    fn fliph(&self) -> Self {
        self.0.fliph().into()
    }
    #[cpu_bound(threads)]
    fn flipv(&self) -> Self {
        self.0.flipv().into()
    }
    #[cpu_bound(threads)]
    fn rotate90(&self) -> Self {
        self.0.rotate90().into()
    }
    #[cpu_bound(threads)]
    fn rotate180(&self) -> Self {
        self.0.rotate180().into()
    }
    #[cpu_bound(threads)]
    fn rotate270(&self) -> Self {
        self.0.rotate270().into()
    }
    #[blocking_io]
    fn save<Q>(&self, path: Q) -> ImageResult<()>
    where
        Q: AsRef<Path>,
    {
        self.0.save(path)
    }
    #[blocking_io]
    fn save_with_format<Q>(&self, path: Q, format: ImageFormat) -> ImageResult<()>
    where
        Q: AsRef<Path>,
    {
        self.0.save_with_format(path, format)
    }
}

#[tokio::test]
async fn pictures_are_turned_and_saved() -> Result<(), Box<dyn std::error::Error>> {
    let picture = Picture::new(4, 2, ColorType::Rgb8).await?;
    assert_eq!(picture.rotate270().await?.0.width(), 2);
    assert_eq!(picture.fliph().await?.fliph().await?, picture);
    let small = picture.crop_imm_builder().x(1).y(0).width(2).height(1);
    assert_eq!(small.await?.to_rgb8().await?.dimensions(), (2, 1));
    assert_eq!(picture.thumbnail_exact(3, 3).await?.0.height(), 3);

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("picture.png");
    picture.save(path.clone()).await??;
    assert_eq!(::image::image_dimensions(&path)?, (4, 2));
    assert!(picture.save(folder.path().join("no.kind")).await?.is_err());
    Ok(())
}
