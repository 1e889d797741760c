//! Which attribute it is, and where it runs the function.

/// The attribute that makes a task of a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    BlockingIo,
    CpuBound,
}

impl Kind {
    /// Returns the name of the attribute.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BlockingIo => "blocking_io",
            Self::CpuBound => "cpu_bound",
        }
    }

    /// Returns the attribute with this name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        [Self::BlockingIo, Self::CpuBound]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    /// Returns the attribute as messages write it.
    pub(crate) fn attribute(self) -> String {
        format!("#[{}]", self.name())
    }
}

/// The attribute with the one option that changes what the other options mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    BlockingIo,
    /// `#[cpu_bound]`: calls go to worker processes.
    CpuBound,
    /// `#[cpu_bound(threads)]`
    CpuBoundThreads,
}

impl Form {
    /// Returns the form of an attribute, with or without the option `threads`.
    pub(crate) fn of(kind: Kind, threads: bool) -> Self {
        match (kind, threads) {
            (Kind::BlockingIo, _) => Self::BlockingIo,
            (Kind::CpuBound, false) => Self::CpuBound,
            (Kind::CpuBound, true) => Self::CpuBoundThreads,
        }
    }
}
