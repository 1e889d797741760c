//! `ureq`.

use ::ureq::http::{Request, Response, StatusCode, Uri};
use ::ureq::typestate::{WithBody, WithoutBody};
use ::ureq::{Agent, AsSendBody, Body, RequestBuilder};
use offloop::{blocking_io, methods};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

#[blocking_io(nested)]
fn run(request: Request<impl AsSendBody>) -> Result<Response<Body>, ::ureq::Error> {
    ::ureq::run(request)
}
#[blocking_io(nested)]
fn call(request: RequestBuilder<WithoutBody>) -> Result<Response<Body>, ::ureq::Error> {
    request.call()
}
#[blocking_io(nested)]
fn send(
    request: RequestBuilder<WithBody>,
    data: impl AsSendBody,
) -> Result<Response<Body>, ::ureq::Error> {
    request.send(data)
}
#[blocking_io(nested)]
fn send_empty(request: RequestBuilder<WithBody>) -> Result<Response<Body>, ::ureq::Error> {
    request.send_empty()
}
#[blocking_io(nested)]
#[allow(clippy::iter_not_returning_iterator)] // of the setter `iter`
fn send_form<I, K, V>(
    request: RequestBuilder<WithBody>,
    iter: I,
) -> Result<Response<Body>, ::ureq::Error>
where
    I: IntoIterator<Item = (K, V)>,
    K: AsRef<str>,
    V: AsRef<str>,
{
    request.send_form(iter)
}
// own
#[blocking_io]
fn get<T>(uri: T) -> Result<Response<Body>, Box<dyn std::error::Error + Send + Sync>>
where
    Uri: TryFrom<T>,
    <Uri as TryFrom<T>>::Error: Into<::ureq::http::Error>,
{
    Ok(::ureq::get(uri).call()?)
}
// own
#[blocking_io]
fn head<T>(uri: T) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>>
where
    Uri: TryFrom<T>,
    <Uri as TryFrom<T>>::Error: Into<::ureq::http::Error>,
{
    Ok(::ureq::head(uri).call()?.status())
}
// own
#[blocking_io]
fn delete<T>(uri: T) -> anyhow::Result<()>
where
    Uri: TryFrom<T>,
    <Uri as TryFrom<T>>::Error: Into<::ureq::http::Error>,
{
    ::ureq::delete(uri).call()?;
    Ok(())
}
// adapted: `&mut self` cannot cross
#[blocking_io(nested)]
fn read_to_string(mut body: Body) -> Result<String, ::ureq::Error> {
    body.read_to_string()
}
// adapted: `&mut self` cannot cross
#[blocking_io(nested)]
fn read_to_vec(mut body: Body) -> Result<Vec<u8>, ::ureq::Error> {
    body.read_to_vec()
}
// own
#[blocking_io]
fn download(
    url: &str,
    to: &std::path::Path,
    #[default = 10 << 20] limit: u64,
) -> anyhow::Result<u64> {
    let body = ::ureq::get(url).call()?.into_body();
    let mut body = body.into_with_config().limit(limit).reader();
    Ok(io::copy(&mut body, &mut std::fs::File::create(to)?)?)
}

/// What a program of its own has around an agent.
#[derive(Clone, Debug)]
struct Client {
    agent: Agent,
}

#[methods]
impl Client {
    #[blocking_io(nested)]
    fn run(&self, request: Request<impl AsSendBody>) -> Result<Response<Body>, ::ureq::Error> {
        self.agent.run(request)
    }
    // own
    #[blocking_io]
    fn get<T>(&self, uri: T) -> anyhow::Result<Response<Body>>
    where
        Uri: TryFrom<T>,
        <Uri as TryFrom<T>>::Error: Into<::ureq::http::Error>,
    {
        Ok(self.agent.get(uri).call()?)
    }
    // own
    #[blocking_io]
    fn text(
        &self,
        url: &str,
        #[default = &[]] headers: &[(String, String)],
        #[default = Duration::from_secs(30)] timeout: Duration,
        token: Option<&str>,
    ) -> anyhow::Result<String> {
        let request = self
            .agent
            .get(url)
            .config()
            .timeout_global(Some(timeout))
            .build();
        let token = token.map(|token| ("authorization".to_owned(), token.to_owned()));
        let request = headers
            .iter()
            .chain(&token)
            .fold(request, |request, (name, value)| {
                request.header(name, value)
            });
        Ok(request.call()?.body_mut().read_to_string()?)
    }
    // own
    #[blocking_io]
    fn post(&self, url: &str, body: Vec<u8>) -> anyhow::Result<u16> {
        Ok(self.agent.post(url).send(&body)?.status().as_u16())
    }
}

/// Answers each request with its own first line and body.
fn echo() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let addr = listener.local_addr()?;
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let _ = answer(&mut BufReader::new(stream));
        }
    });
    Ok(addr)
}

fn answer(stream: &mut BufReader<std::net::TcpStream>) -> io::Result<()> {
    let (mut lines, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        lines.push(line);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let first = lines.first().map_or("", |line| line.trim_end());
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{first}|",
        first.len() + 1 + body.len()
    );
    stream.get_mut().write_all(head.as_bytes())?;
    stream.get_mut().write_all(&body)
}

#[tokio::test]
async fn pages_are_fetched() -> anyhow::Result<()> {
    let url = format!("http://{}/page", echo()?);
    let response = call(::ureq::get(&url)).await??;
    assert_eq!(
        read_to_string(response.into_body()).await??,
        "GET /page HTTP/1.1|"
    );
    let response = send(::ureq::post(&url), "text").await??;
    assert_eq!(
        read_to_vec(response.into_body()).await??,
        b"POST /page HTTP/1.1|text"
    );
    let response = send_form(::ureq::put(&url), [("a", "b")]).await??;
    assert_eq!(response.status(), StatusCode::OK);
    let request = Request::delete(&url).body(())?;
    assert_eq!(run(request).await??.status(), StatusCode::OK);
    get(url.clone()).await.map_err(anyhow::Error::from_boxed)?;

    let client = Client {
        agent: Agent::new_with_defaults(),
    };
    let text = client
        .text_builder()
        .url(url.clone())
        .token("secret")
        .await?;
    assert_eq!(text, "GET /page HTTP/1.1|");
    assert_eq!(client.post(&url, vec![1]).await?, 200);

    let folder = tempfile::tempdir()?;
    let to = folder.path().join("page");
    assert_eq!(download::builder().url(url).to(&*to).await?, 19);
    assert_eq!(std::fs::read(to)?, b"GET /page HTTP/1.1|");
    Ok(())
}
