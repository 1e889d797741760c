//! Other mistakes with setters.

use offloop::blocking_io;

#[blocking_io]
fn fetch(url: &str, #[default = 3] retries: u32, tag: Option<u8>) -> Result<String, std::io::Error> {
    Ok(format!("{url} {retries} {tag:?}"))
}

fn twice() {
    let _ = fetch::builder().url("a").url("b");
    let _ = fetch::builder().retries(1).retries(2);
    let _ = fetch::builder().tag(1).maybe_tag(None);
}

fn wrong_type() {
    let _ = fetch::builder().url(3);
    let _ = fetch::builder().retries("3");
    let _ = fetch::builder().tag(Some(3));
}

fn misspelt() {
    let _ = fetch::builder().retrys(3);
}

fn main() {}
