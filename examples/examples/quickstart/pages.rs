//! Fetches pages over HTTP, with a client that blocks its thread until the answer is there.

use std::sync::LazyLock;
use std::time::Duration;

use offloop::blocking_io;
use ureq::Agent;

use crate::place::Place;

/// A page, and where it was fetched.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) made_by: Place,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("cannot fetch {url}")]
    Http {
        url: String,
        source: Box<ureq::Error>,
    },
    /// The call itself failed. Because of this variant, `fetch(..).await` returns one `Result`.
    #[error(transparent)]
    Call(#[from] offloop::Error),
}

/// Fetches one page.
#[blocking_io]
pub(crate) fn fetch(
    url: &str,
    /// How many times to try again.
    #[default = 3]
    retries: u32,
) -> Result<Page, FetchError> {
    let mut left = retries;
    loop {
        match get(url) {
            Ok(text) => {
                return Ok(Page {
                    text,
                    made_by: Place::here(),
                });
            }
            Err(_) if left > 0 => left -= 1,
            Err(error) => {
                return Err(FetchError::Http {
                    url: url.to_owned(),
                    source: Box::new(error),
                });
            }
        }
    }
}

fn get(url: &str) -> Result<String, ureq::Error> {
    static AGENT: LazyLock<Agent> = LazyLock::new(|| {
        // The server is on this machine, where a proxy could not reach it.
        let config = Agent::config_builder().proxy(None);
        config
            .timeout_global(Some(Duration::from_secs(10)))
            .build()
            .into()
    });
    AGENT.get(url).call()?.body_mut().read_to_string()
}
