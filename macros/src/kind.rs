//! Which attribute it is, and which options it takes.

/// Which attribute it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    BlockingIo,
    CpuBound,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BlockingIo => "blocking_io",
            Self::CpuBound => "cpu_bound",
        }
    }

    pub(crate) fn attribute(self) -> String {
        format!("#[{}]", self.name())
    }

    /// The options that it takes, in the order of the docs.
    pub(crate) fn options(self) -> &'static [&'static str] {
        match self {
            Self::BlockingIo => &[
                "pool", "timeout", "retry", "nested", "name", "builder", "crate",
            ],
            Self::CpuBound => &[
                "pool", "threads", "timeout", "retry", "nested", "name", "builder", "crate",
            ],
        }
    }
}
