//! The contenders, and the function as each of them declares it.

use std::fmt::Write as _;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contender {
    Plain,
    BlockingIo,
    CpuBound,
    WithoutBuilder,
    Bon,
}

impl Contender {
    pub(crate) const ALL: [Contender; 5] = [
        Contender::Plain,
        Contender::BlockingIo,
        Contender::CpuBound,
        Contender::WithoutBuilder,
        Contender::Bon,
    ];

    /// The name in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Contender::Plain => "plain functions",
            Contender::BlockingIo => "`#[blocking_io]`",
            Contender::CpuBound => "`#[cpu_bound]`",
            Contender::WithoutBuilder => "`#[blocking_io(builder = false)]`",
            Contender::Bon => "`#[bon::builder]`",
        }
    }

    /// The name of the package, without the number of functions.
    pub(crate) fn package_prefix(self) -> &'static str {
        match self {
            Contender::Plain => "plain",
            Contender::BlockingIo => "blocking_io",
            Contender::CpuBound => "cpu_bound",
            Contender::WithoutBuilder => "without_builder",
            Contender::Bon => "bon_builder",
        }
    }

    /// The name of the only dependency.
    pub(crate) fn dependency(self) -> Option<&'static str> {
        match self {
            Contender::Plain => None,
            Contender::BlockingIo | Contender::CpuBound | Contender::WithoutBuilder => {
                Some("offloop")
            }
            Contender::Bon => Some("bon"),
        }
    }

    fn attribute(self) -> &'static str {
        match self {
            Contender::Plain => "",
            Contender::BlockingIo => "#[offloop::blocking_io]",
            Contender::CpuBound => "#[offloop::cpu_bound]",
            Contender::WithoutBuilder => "#[offloop::blocking_io(builder = false)]",
            Contender::Bon => "#[bon::builder]",
        }
    }

    fn default(self) -> &'static str {
        match self {
            Contender::Plain | Contender::WithoutBuilder => "",
            Contender::BlockingIo | Contender::CpuBound => "#[default = 3] ",
            Contender::Bon => "#[builder(default = 3)] ",
        }
    }

    /// The source of a crate of `size` functions. `edit` changes the body of one of them.
    pub(crate) fn source(self, size: u32, edit: u32) -> String {
        let (attribute, default) = (self.attribute(), self.default());
        let mut source = String::new();
        for at in 0..size {
            let number = if at == 0 { edit } else { at };
            let written = write!(
                source,
                "/// Fetches page {at}.
{attribute}
pub fn fetch_{at}(
    url: &str,
    {default}retries: u32,
    body: &[u8],
    label: Option<String>,
) -> std::io::Result<String> {{
    let label = label.unwrap_or_default();
    Ok(format!(\"{{url}} {{retries}} {{}} {{label}} {number}\", body.len()))
}}
"
            );
            written.expect("a string takes all text");
        }
        source
    }
}
