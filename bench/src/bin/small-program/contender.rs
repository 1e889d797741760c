//! The contenders, and the small program as each of them is written.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    Plain,
    BlockingIo,
    Tokio,
    SpawnBlocking,
    TokioBlockingIo,
}

impl Contender {
    pub(crate) const ALL: [Contender; 5] = [
        Contender::Plain,
        Contender::BlockingIo,
        Contender::Tokio,
        Contender::SpawnBlocking,
        Contender::TokioBlockingIo,
    ];

    /// The name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Contender::Plain => "plain function",
            Contender::BlockingIo => "`#[blocking_io]`, `.wait()`",
            Contender::Tokio => "tokio, plain function",
            Contender::SpawnBlocking => "tokio, `spawn_blocking`",
            Contender::TokioBlockingIo => "tokio, `#[blocking_io]`",
        }
    }

    /// The name of the package.
    pub(crate) fn package(self) -> &'static str {
        match self {
            Contender::Plain => "small-plain",
            Contender::BlockingIo => "small-blocking-io",
            Contender::Tokio => "small-tokio",
            Contender::SpawnBlocking => "small-spawn-blocking",
            Contender::TokioBlockingIo => "small-tokio-blocking-io",
        }
    }

    /// The contender to compare with: the program that uses no other thread.
    pub(crate) fn base(self) -> Contender {
        match self {
            Contender::Plain | Contender::BlockingIo => Contender::Plain,
            _ => Contender::Tokio,
        }
    }

    fn uses_tokio(self) -> bool {
        self.base() == Contender::Tokio
    }

    fn uses_offloop(self) -> bool {
        matches!(self, Contender::BlockingIo | Contender::TokioBlockingIo)
    }

    pub(crate) fn dependencies(self) -> impl Iterator<Item = &'static str> {
        let tokio = self.uses_tokio().then_some("tokio");
        let offloop = self.uses_offloop().then_some("offloop");
        tokio.into_iter().chain(offloop)
    }

    /// The source of a program that makes one call. With an argument, the program then prints how
    /// many threads it has.
    pub(crate) fn source(self) -> String {
        let attribute = if self.uses_offloop() {
            "#[offloop::blocking_io]\n"
        } else {
            ""
        };
        let call = match self {
            Contender::Plain | Contender::Tokio => "size_of(\"/proc/self/exe\")",
            Contender::BlockingIo => "size_of(\"/proc/self/exe\").wait()",
            Contender::SpawnBlocking => {
                "tokio::task::spawn_blocking(|| size_of(\"/proc/self/exe\")).await.unwrap()"
            }
            Contender::TokioBlockingIo => "size_of(\"/proc/self/exe\").await",
        };
        let work = if self.uses_tokio() {
            format!(
                "tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {{ {call} }})"
            )
        } else {
            call.to_owned()
        };
        format!(
            "{attribute}fn size_of(path: &str) -> std::io::Result<u64> {{
    Ok(std::fs::metadata(path)?.len())
}}

fn main() {{
    let runs = {work};
    assert!(runs.unwrap() > 0);
    if std::env::args().len() > 1 {{
        std::thread::sleep(std::time::Duration::from_millis(50));
        println!(\"{{}}\", std::fs::read_dir(\"/proc/self/task\").unwrap().count());
    }}
}}
"
        )
    }
}
