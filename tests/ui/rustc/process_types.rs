//! Types that cannot go to a worker process.

use offloop::cpu_bound;

#[derive(Clone)]
struct Img;

#[cpu_bound]
fn argument(image: Img) {
    let _ = image;
}

#[cpu_bound]
fn reference(image: &Img) {
    let _ = image;
}

#[cpu_bound]
fn beside_borrowed(name: &str, image: Img, samples: Option<&[f32]>) {
    let _ = (name, image, samples);
}

#[cpu_bound]
fn result() -> Img {
    Img
}

#[cpu_bound]
fn fallible() -> Result<Img, std::io::Error> {
    Ok(Img)
}

fn main() {}
