//! A small web server on this machine that is slow, and closes some connections without an answer.
//!
//! It has its own threads, so it also answers while the event loop is blocked.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// How long the server takes to answer.
pub(crate) const DELAY: Duration = Duration::from_millis(200);

/// One in this many connections is closed at once, so that a client has to retry.
const HANGS_UP_EVERY: usize = 10;

/// The server. It runs until the program ends.
pub(crate) struct Server {
    /// The address of the list of pages, which has one path on each line.
    pub(crate) url: String,
}

impl Server {
    /// Starts a server with this many pages, on a free port.
    pub(crate) fn start(pages: usize) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("http://{}", listener.local_addr()?);
        thread::spawn(move || {
            for (number, connection) in listener.incoming().enumerate() {
                if number % HANGS_UP_EVERY == HANGS_UP_EVERY - 1 {
                    continue;
                }
                // If a client closes its connection, the others still get their answers.
                thread::spawn(move || connection.and_then(|stream| answer(&stream, pages)));
            }
        });
        Ok(Server { url })
    }

    /// Returns the address of a path in the list of pages.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

/// Reads one request and answers it.
fn answer(mut stream: &TcpStream, pages: usize) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // An empty line ends the request.
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    thread::sleep(DELAY);

    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match page(path, pages) {
        Some(body) => ("200 OK", body),
        None => ("404 Not Found", format!("there is no page {path}\n")),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn page(path: &str, pages: usize) -> Option<String> {
    if path == "/" {
        let paths: Vec<String> = (1..=pages)
            .map(|number| format!("/page/{number}"))
            .collect();
        return Some(paths.join("\n"));
    }
    let number: usize = path.strip_prefix("/page/")?.parse().ok()?;
    let text = format!("This is page {number} of {pages}.\n");
    (1..=pages).contains(&number).then(|| text.repeat(100))
}
