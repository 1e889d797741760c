//! The quick start: a program on one event loop, with work that would block it.
//!
//! - It fetches pages from a slow server with a client that blocks: `pages.rs`, on threads.
//! - It renders photographs: `camera.rs`, on threads too, one for each core.
//! - It decodes megabytes of JSON and makes thumbnails: `metadata.rs` and `photos.rs`, in worker
//!   processes.
//! - It calls a function that crashes: `crash.rs`. The program goes on.
//!
//! Each job is done twice: in place, on the event loop, and then by offloop. A task that wants to
//! run every millisecond (`ticker.rs`) shows how long each way blocks the loop. No line here sets
//! offloop up.

mod arguments;
mod camera;
mod crash;
mod metadata;
mod pages;
mod photos;
mod place;
mod report;
mod server;
mod stage;
mod ticker;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use arguments::Request;
use camera::render;
use crash::write_to_null;
use metadata::{documents, summarize};
use pages::fetch;
use photos::Photo;
use report::{Report, megabytes};
use server::Server;
use stage::Stage;

/// How many pages the slow server has.
const PAGES: usize = 20;
/// How many JSON documents are decoded.
const DOCUMENTS: usize = 32;
/// How many photographs are rendered when no folder is given.
const PHOTOS: u32 = 6;
/// How many photographs of a folder are done in place too. A folder may have thousands.
const AT_MOST_IN_PLACE: usize = 8;

// One thread runs the event loop. With several threads, the ticker would not see that one is
// blocked as long as another one is free.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let text = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(Request::Help) => Ok(arguments::USAGE.to_owned()),
        Ok(Request::Run { folder }) => run(folder.as_deref())
            .await
            .map(|report| report.to_string()),
        Err(problem) => {
            eprintln!("error: {problem}\n\n{}", arguments::USAGE.trim_end());
            return ExitCode::from(2);
        }
    };
    match text.and_then(|text| Ok(std::io::stdout().write_all(text.as_bytes())?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does the jobs one after another, so that each can be timed by itself.
async fn run(folder: Option<&Path>) -> anyhow::Result<Report> {
    // Read the folder first, so that an error in its name comes before the other jobs.
    let files = match folder {
        Some(folder) => Some(photos::in_folder(folder).await?),
        None => None,
    };
    let stage = Stage::new();
    let mut report = Report::default();

    fetch_pages(&stage, &mut report).await?;
    decode_json(&stage, &mut report).await?;
    let photos = match files {
        Some(files) => files,
        None => render_photos(&stage, &mut report).await?,
    };
    make_thumbnails(&stage, &mut report, photos).await;
    Ok(report)
}

async fn fetch_pages(stage: &Stage, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(PAGES)?;

    // By position, as the function is written.
    let index = fetch(&server.url, 3).await?;
    let urls: Vec<String> = index.text.lines().map(|path| server.link(path)).collect();

    let in_place = stage
        .in_place("pages", &urls, |url| fetch::blocking(url, 3))
        .await;
    // By name. An argument that is not set takes its default.
    let offloop = stage
        .offloop("pages", urls, PAGES, |url| fetch::builder().url(url))
        .await;

    let in_place = in_place.all_done()?;
    let offloop = offloop.all_done()?;
    let threads = offloop.outputs.iter().map(|page| &page.made_by);
    report.job("pages fetched", &in_place, &offloop, threads);
    report.note(format!(
        "pages: from a server on this machine that takes {:?} to answer",
        server::DELAY
    ));
    Ok(())
}

async fn decode_json(stage: &Stage, report: &mut Report) -> anyhow::Result<()> {
    let documents = documents(DOCUMENTS).await?;
    let size = documents.first().map_or(0, Vec::len);

    let in_place = stage
        .in_place("documents", &documents, |json| summarize::blocking(json))
        .await;
    let call = |json| summarize::builder().json(json);
    let offloop = stage
        .offloop("documents", documents, stage.cores * 2, call)
        .await;

    let in_place = in_place.all_done()?;
    let offloop = offloop.all_done()?;
    let workers = offloop.outputs.iter().map(|summary| &summary.made_by);
    report.job("documents decoded", &in_place, &offloop, workers);
    if let Some(summary) = offloop.outputs.first() {
        let size = megabytes(size);
        report.note(format!(
            "documents: {size} of what `cargo metadata` prints here, repeated: {summary}"
        ));
    }
    Ok(())
}

async fn render_photos(stage: &Stage, report: &mut Report) -> anyhow::Result<Vec<Photo>> {
    let in_place = stage
        .in_place("photographs", 0..PHOTOS, render::blocking)
        .await;
    let offloop = stage
        .offloop("photographs", 0..PHOTOS, stage.cores, render)
        .await;

    let in_place = in_place.all_done()?;
    let offloop = offloop.all_done()?;
    let threads = offloop.outputs.iter().map(|rendered| &rendered.made_by);
    report.job("photographs rendered", &in_place, &offloop, threads);
    if let Some(photo) = offloop.outputs.first() {
        let (width, height) = (camera::WIDTH, camera::HEIGHT);
        report.note(format!(
            "photographs: {width} × {height} pixels, {} of JPEG",
            megabytes(photo.jpeg.len())
        ));
    }
    Ok(offloop.outputs.into_iter().map(Photo::Rendered).collect())
}

async fn make_thumbnails(stage: &Stage, report: &mut Report, photos: Vec<Photo>) {
    let few = &photos[..photos.len().min(AT_MOST_IN_PLACE)];
    let in_place = stage
        .in_place("thumbnails", few, Photo::thumbnail_in_place)
        .await;

    let names: Vec<String> = photos.iter().map(Photo::name).collect();
    let thumbnails = stage.offloop("thumbnails", photos, stage.cores * 2, Photo::thumbnail);
    // The crash happens among them, in the same pool. No thumbnail fails because of it.
    let (crash, offloop) = tokio::join!(write_to_null(), thumbnails);

    let made = offloop.outputs.iter().flatten();
    let workers = made.clone().map(|thumbnail| &thumbnail.made_by);
    report.job("thumbnails made", &in_place, &offloop, workers);
    if let Some(largest) = made.map(|thumbnail| thumbnail.jpeg.len()).max() {
        report.note(format!(
            "thumbnails: the largest is {largest} bytes of JPEG"
        ));
    }
    if let Err(error) = crash {
        report.crash(&error);
    }
    for (name, outcome) in names.iter().zip(&offloop.outputs) {
        if let Err(error) = outcome {
            report.failure(name, error);
        }
    }
}
