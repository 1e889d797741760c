//! `image`: its free functions, and those of `imageops`.

use ::image::imageops::{self, BiLevel, ColorMap, FilterType};
use ::image::{
    DynamicImage, ExtendedColorType, GenericImageView, ImageBuffer, ImageFormat, ImageReader,
    ImageResult, Luma, Pixel, Primitive, RgbImage, RgbaImage,
};
use offloop::{blocking_io, cpu_bound};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Seek};
use std::path::Path;

#[blocking_io]
fn open<P>(path: P) -> ImageResult<DynamicImage>
where
    P: AsRef<Path>,
{
    ::image::open(path)
}
#[blocking_io]
fn image_dimensions<P>(path: P) -> ImageResult<(u32, u32)>
where
    P: AsRef<Path>,
{
    ::image::image_dimensions(path)
}
#[blocking_io]
fn open_reader<P: AsRef<Path>>(path: P) -> io::Result<ImageReader<BufReader<File>>> {
    ImageReader::open(path)
}
#[blocking_io]
fn with_guessed_format<R: BufRead + Seek>(reader: ImageReader<R>) -> io::Result<ImageReader<R>> {
    reader.with_guessed_format()
}
#[blocking_io]
fn into_dimensions<R: BufRead + Seek>(reader: ImageReader<R>) -> ImageResult<(u32, u32)> {
    reader.into_dimensions()
}
#[cpu_bound(threads)]
fn decode<R: BufRead + Seek>(reader: ImageReader<R>) -> ImageResult<DynamicImage> {
    reader.decode()
}
#[blocking_io]
fn load<R: BufRead + Seek>(r: R, format: ImageFormat) -> ImageResult<DynamicImage> {
    ::image::load(r, format)
}
#[blocking_io]
fn save_buffer(
    path: impl AsRef<Path>,
    buf: &[u8],
    width: u32,
    height: u32,
    color: impl Into<ExtendedColorType>,
) -> ImageResult<()> {
    ::image::save_buffer(path, buf, width, height, color)
}
#[blocking_io]
fn save_buffer_with_format(
    path: impl AsRef<Path>,
    buf: &[u8],
    width: u32,
    height: u32,
    color: impl Into<ExtendedColorType>,
    format: ImageFormat,
) -> ImageResult<()> {
    ::image::save_buffer_with_format(path, buf, width, height, color, format)
}
#[cpu_bound(threads)]
fn load_from_memory(buffer: &[u8]) -> ImageResult<DynamicImage> {
    ::image::load_from_memory(buffer)
}
#[cpu_bound(threads)]
fn load_from_memory_with_format(buf: &[u8], format: ImageFormat) -> ImageResult<DynamicImage> {
    ::image::load_from_memory_with_format(buf, format)
}
#[cpu_bound(threads)]
fn guess_format(buffer: &[u8]) -> ImageResult<ImageFormat> {
    ::image::guess_format(buffer)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn rotate90<I: GenericImageView + Clone>(
    image: &I,
) -> ImageBuffer<I::Pixel, Vec<<I::Pixel as Pixel>::Subpixel>>
where
    I::Pixel: 'static,
{
    imageops::rotate90(image)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn rotate180<I: GenericImageView + Clone>(
    image: &I,
) -> ImageBuffer<I::Pixel, Vec<<I::Pixel as Pixel>::Subpixel>>
where
    I::Pixel: 'static,
{
    imageops::rotate180(image)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn flip_horizontal<I: GenericImageView + Clone>(
    image: &I,
) -> ImageBuffer<I::Pixel, Vec<<I::Pixel as Pixel>::Subpixel>>
where
    I::Pixel: 'static,
{
    imageops::flip_horizontal(image)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn flip_vertical<I: GenericImageView + Clone>(
    image: &I,
) -> ImageBuffer<I::Pixel, Vec<<I::Pixel as Pixel>::Subpixel>>
where
    I::Pixel: 'static,
{
    imageops::flip_vertical(image)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn contrast<I, P, S>(image: &I, contrast: f32) -> ImageBuffer<P, Vec<S>>
where
    I: GenericImageView<Pixel = P> + Clone,
    P: Pixel<Subpixel = S> + 'static,
    S: Primitive + 'static,
{
    imageops::contrast(image, contrast)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn brighten<I, P, S>(image: &I, value: i32) -> ImageBuffer<P, Vec<S>>
where
    I: GenericImageView<Pixel = P> + Clone,
    P: Pixel<Subpixel = S> + 'static,
    S: Primitive + 'static,
{
    imageops::brighten(image, value)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn huerotate<I, P, S>(image: &I, value: i32) -> ImageBuffer<P, Vec<S>>
where
    I: GenericImageView<Pixel = P> + Clone,
    P: Pixel<Subpixel = S> + 'static,
    S: Primitive + 'static,
{
    imageops::huerotate(image, value)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn resize<I: GenericImageView + Clone>(
    image: &I,
    nwidth: u32,
    nheight: u32,
    filter: FilterType,
) -> ImageBuffer<I::Pixel, Vec<<I::Pixel as Pixel>::Subpixel>>
where
    I::Pixel: 'static,
    <I::Pixel as Pixel>::Subpixel: 'static,
{
    imageops::resize(image, nwidth, nheight, filter)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn blur<I: GenericImageView + Clone>(
    image: &I,
    sigma: f32,
) -> ImageBuffer<I::Pixel, Vec<<I::Pixel as Pixel>::Subpixel>>
where
    I::Pixel: 'static,
{
    imageops::blur(image, sigma)
}
#[cpu_bound(threads)]
fn fast_blur<P: Pixel>(
    input_buffer: &ImageBuffer<P, Vec<P::Subpixel>>,
    sigma: f32,
) -> ImageBuffer<P, Vec<P::Subpixel>> {
    imageops::fast_blur(input_buffer, sigma)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn filter3x3<I, P, S>(image: &I, kernel: &[f32]) -> ImageBuffer<P, Vec<S>>
where
    I: GenericImageView<Pixel = P> + Clone,
    P: Pixel<Subpixel = S> + 'static,
    S: Primitive + 'static,
{
    imageops::filter3x3(image, kernel)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn unsharpen<I, P, S>(image: &I, sigma: f32, threshold: i32) -> ImageBuffer<P, Vec<S>>
where
    I: GenericImageView<Pixel = P> + Clone,
    P: Pixel<Subpixel = S> + 'static,
    S: Primitive + 'static,
{
    imageops::unsharpen(image, sigma, threshold)
}
// adapted: a bound of the original has no name outside of its crate
#[cpu_bound(threads)]
fn thumbnail<I>(image: &I, new_width: u32, new_height: u32) -> RgbImage
where
    I: GenericImageView<Pixel = ::image::Rgb<u8>> + Clone,
{
    imageops::thumbnail(image, new_width, new_height)
}
// adapted: `&mut` cannot cross, the picture comes back
#[cpu_bound(threads)]
fn invert(mut image: RgbImage) -> RgbImage {
    imageops::invert(&mut image);
    image
}
// adapted: as above
#[cpu_bound(threads)]
fn overlay(
    mut bottom: RgbaImage,
    top: &RgbaImage,
    #[default = 0] x: i64,
    #[default = 0] y: i64,
) -> RgbaImage {
    imageops::overlay(&mut bottom, top, x, y);
    bottom
}
// adapted: the result must not borrow the picture
#[cpu_bound(threads)]
fn crop_imm<I: GenericImageView + Clone + 'static>(
    image: &I,
    x: u32,
    y: u32,
    width: u32,
    height: u32,
) -> ImageBuffer<I::Pixel, Vec<<I::Pixel as Pixel>::Subpixel>>
where
    I::Pixel: 'static,
{
    imageops::crop_imm(image, x, y, width, height).to_image()
}
// adapted: arguments need names, to be set by
#[cpu_bound]
fn overlay_bounds(bottom: (u32, u32), top: (u32, u32), x: u32, y: u32) -> (u32, u32) {
    imageops::overlay_bounds(bottom, top, x, y)
}
// adapted: what `&I` leads to is copied, so it is `Clone`
#[cpu_bound(threads)]
fn index_colors<Pix, Map>(
    image: &ImageBuffer<Pix, Vec<u8>>,
    color_map: &'static Map,
) -> ImageBuffer<Luma<u8>, Vec<u8>>
where
    Map: ColorMap<Color = Pix> + Sync,
    Pix: Pixel<Subpixel = u8> + 'static,
{
    imageops::index_colors(image, color_map)
}
/// From a file's bytes to a file's bytes, in a process: what crosses is bytes.
// own
#[cpu_bound(name = "pictures.smaller")]
fn smaller(
    encoded: &[u8],
    #[default = 16] width: u32,
    #[default = width] height: u32,
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let picture = ::image::load_from_memory(encoded)?.thumbnail(width, height);
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
    Ok(bytes)
}

fn picture() -> RgbImage {
    let bytes = (0..24).map(|at| at * 10).collect();
    RgbImage::from_raw(4, 2, bytes).expect("three bytes for each pixel")
}

#[test]
fn a_picture_goes_to_a_file_and_back() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("picture.png");
    let picture = picture();
    let color = ExtendedColorType::Rgb8;
    save_buffer(path.clone(), picture.as_raw(), 4, 2, color).wait()??;
    assert_eq!(image_dimensions(path.clone()).wait()??, (4, 2));
    assert_eq!(open(path.clone()).wait()??.into_rgb8(), picture);
    let reader = with_guessed_format(open_reader(path.clone()).wait()?).wait()?;
    assert_eq!(decode(reader).wait()??.into_rgb8(), picture);

    let bytes = std::fs::read(path)?;
    assert_eq!(guess_format(&bytes).wait()??, ImageFormat::Png);
    assert_eq!(load_from_memory(&bytes).wait()??.into_rgb8(), picture);
    assert!(load_from_memory(&[1, 2]).wait()?.is_err());
    let small = smaller::builder().encoded(bytes).width(2).call();
    let small = small.wait().map_err(anyhow::Error::from_boxed)?;
    assert_eq!(load_from_memory(&small).wait()??.width(), 2);
    Ok(())
}

#[test]
fn pictures_are_turned() -> Result<(), offloop::Error> {
    static TWO: BiLevel = BiLevel;
    let picture = picture();
    let turned = rotate90(&picture).wait()?;
    assert_eq!(turned.dimensions(), (2, 4));
    assert_eq!(invert(invert(picture.clone()).wait()?).wait()?, picture);
    assert_eq!(brighten(&picture, 0).wait()?, picture);
    let small = resize::builder().image(picture.clone());
    let small = small.nwidth(1).nheight(1).filter(FilterType::Nearest);
    assert_eq!(small.call().wait()?.dimensions(), (1, 1));
    assert_eq!(overlay_bounds((9, 9), (5, 5), 6, 0).wait()?, (3, 5));
    let gray = DynamicImage::ImageRgb8(picture).into_luma8();
    assert_eq!(index_colors(&gray, &TWO).wait()?.dimensions(), (4, 2));
    Ok(())
}
