//! Generated code stays out of the way of whatever is around it.

use std::future::Future as StdFuture;

type Nothing = std::result::Result<(), offloop::Error>;

/// Types of the user's with the names of the prelude.
#[allow(dead_code)]
mod shadowed {
    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct String;
    pub(super) struct Box;
    pub(super) struct Vec;
    pub(super) trait Into {}
    pub(super) trait Send {}
    pub(super) trait Clone {}
    pub(super) trait ToOwned {}
    pub(super) trait Future {}
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod offloop {}

    #[::offloop::blocking_io]
    pub(super) fn text(
        text: &str,
        bytes: &[u8],
        path: &::std::path::Path,
        #[default = 3] number: u32,
        maybe: ::core::option::Option<&str>,
    ) -> ::std::io::Result<usize> {
        ::std::io::Result::Ok(
            text.len()
                + bytes.len()
                + path.as_os_str().len()
                + number as usize
                + maybe.map_or(0, str::len),
        )
    }

    #[::offloop::cpu_bound]
    pub(super) fn sum(numbers: &[u8], maybe: ::core::option::Option<u8>) -> u8 {
        numbers.iter().sum::<u8>() + maybe.unwrap_or(0)
    }
}

#[test]
fn names_of_the_prelude_may_mean_something_else() -> std::io::Result<()> {
    let builder = shadowed::text::builder().text("a").bytes([1]).path("p");
    assert_eq!(builder.call().wait()?, 6);
    assert_eq!(shadowed::sum(&[1, 2], Some(3)).wait()?, 6);
    assert_eq!(
        shadowed::sum::builder()
            .numbers([1])
            .maybe(1)
            .call()
            .wait()?,
        2
    );
    Ok(())
}

#[test]
fn a_task_inside_of_a_function_may_have_local_types() -> Nothing {
    #[derive(Clone, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
    struct Local(u8);

    #[offloop::blocking_io]
    fn threads(local: &Local, #[default = Local(2)] other: Local) -> Local {
        Local(local.0 + other.0)
    }

    #[offloop::cpu_bound]
    fn processes(local: Local) -> Option<Local> {
        Some(local)
    }

    assert_eq!(threads(&Local(1), Local(1)).wait()?, Local(2));
    assert_eq!(threads::builder().local(Local(1)).call().wait()?, Local(3));
    assert_eq!(processes(Local(1)).wait()?, Some(Local(1)));
    assert_eq!(
        processes::builder().local(Local(4)).call().wait()?,
        Some(Local(4))
    );
    Ok(())
}

mod first {
    #[offloop::cpu_bound]
    pub(crate) fn same(by: u8) -> u8 {
        by
    }
}

mod second {
    #[offloop::cpu_bound]
    pub(crate) fn same(by: u8) -> u8 {
        by * 2
    }
}

#[test]
fn tasks_may_have_one_name_in_two_places() -> Nothing {
    assert_eq!(first::same(1).wait()?, 1);
    assert_eq!(second::same(1).wait()?, 2);
    let a = {
        #[offloop::cpu_bound]
        fn local() -> u8 {
            3
        }
        local().wait()?
    };
    let b = {
        #[offloop::cpu_bound]
        fn local() -> u8 {
            4
        }
        local().wait()?
    };
    assert_eq!((a, b), (3, 4));
    Ok(())
}

macro_rules! task {
    ($attribute:ident, $name:ident, $argument:ident: $type:ty = $default:expr, $lent:ty, $result:ty) => {
        #[offloop::$attribute]
        fn $name(
            #[default = $default] $argument: $type,
            lent: $lent,
            args: Option<$type>,
            borrowed: &$type,
        ) -> $result {
            let text: &str = lent;
            Ok($argument + text.len() + args.unwrap_or_default() + borrowed)
        }
    };
}

task!(blocking_io, threads, start: usize = 1 + 1, &str, std::io::Result<usize>);
task!(cpu_bound, processes, args2: usize = 2, &str, std::io::Result<usize>);

#[test]
fn a_task_may_come_from_a_declarative_macro() -> std::io::Result<()> {
    assert_eq!(threads(1, "ab", None, &1).wait()?, 4);
    assert_eq!(
        threads::builder()
            .lent("ab")
            .args(1)
            .borrowed(1_usize)
            .call()
            .wait()?,
        6
    );
    assert_eq!(
        processes::builder()
            .lent("ab")
            .args(1)
            .borrowed(1_usize)
            .call()
            .wait()?,
        6
    );
    Ok(())
}

macro_rules! methods {
    ($type:ty, $method:ident) => {
        #[offloop::methods]
        impl $type {
            #[offloop::blocking_io]
            fn $method(&self, by: u32) -> u32 {
                self.0 + by
            }
        }
    };
}

#[derive(Clone)]
struct Wrapped(u32);
methods!(Wrapped, plus);

#[test]
fn methods_may_come_from_a_declarative_macro() -> Nothing {
    assert_eq!(Wrapped(1).plus(2).wait()?, 3);
    assert_eq!(Wrapped(1).plus_builder().by(2).call().wait()?, 3);
    Ok(())
}

mod visible {
    #[offloop::blocking_io]
    pub(crate) fn in_crate(a: u8) -> u8 {
        a
    }
    #[offloop::blocking_io]
    pub(super) fn in_parent(a: u8) -> u8 {
        private(a).wait().unwrap_or_default()
    }
    #[offloop::blocking_io]
    fn private(a: u8) -> u8 {
        a
    }
    pub(crate) mod inner {
        #[offloop::blocking_io]
        pub(in crate::macros::hygiene::visible) fn in_path(a: u8) -> u8 {
            a
        }
        type Relative = super::super::first::same;
        #[offloop::blocking_io]
        pub(crate) fn relative(_unit: std::marker::PhantomData<fn() -> Relative>) -> u8 {
            super::private::blocking(9)
        }
    }
    pub(crate) fn through() -> super::Nothing {
        assert_eq!(inner::in_path::builder().a(1).call().wait()?, 1);
        Ok(())
    }
}

#[test]
fn a_task_may_have_any_visibility() -> Nothing {
    assert_eq!(visible::in_crate::builder().a(1).call().wait()?, 1);
    assert_eq!(visible::in_parent::builder().a(1).call().wait()?, 1);
    assert_eq!(
        visible::inner::relative(std::marker::PhantomData).wait()?,
        9
    );
    visible::through()
}

mod exported {
    pub(crate) use super::first::same;
    pub(crate) use super::second::same as renamed;
}

#[test]
fn a_task_goes_through_re_exports() -> Nothing {
    use exported::*;
    assert_eq!(same(1).wait()?, 1);
    assert_eq!(renamed::builder().by(1).call().wait()?, 2);
    assert_eq!(renamed::blocking(2), 4);
    Ok(())
}

mod third {
    pub(crate) use ::offloop as pools;
}

#[third::pools::blocking_io(crate = crate::macros::hygiene::third::pools)]
fn by_another_path(a: u8) -> u8 {
    a
}

#[third::pools::cpu_bound(crate = crate::macros::hygiene::third::pools)]
fn by_another_path_across(a: u8) -> u8 {
    a
}

#[test]
fn the_crate_may_have_another_path() -> Nothing {
    assert_eq!(by_another_path::builder().a(1).call().wait()?, 1);
    assert_eq!(by_another_path_across(1).wait()?, 1);
    Ok(())
}

mod module {
    mod fetch {
        #[offloop::blocking_io(builder = false)]
        pub(crate) fn fetch(a: u8) -> u8 {
            a
        }
    }
    pub(crate) use fetch::fetch;

    mod load {
        #[offloop::cpu_bound(builder = Load)]
        pub(crate) fn load(a: u8, #[default = 2] b: u8) -> u8 {
            a + b
        }

        #[offloop::blocking_io(builder = Show)]
        pub(crate) fn show<T: std::fmt::Debug + Sync>(
            value: &'static T,
            with: impl Fn() -> u8,
        ) -> String {
            format!("{value:?} {}", with())
        }
    }
    pub(crate) use load::{Load, Show, load, show};
}

#[test]
fn a_module_may_have_the_name_of_its_function() -> Nothing {
    assert_eq!(module::fetch(1).wait()?, 1);
    assert_eq!(module::load(1, 1).wait()?, 2);
    assert_eq!(module::Load::builder().a(1).call().wait()?, 3);
    assert_eq!(module::Load::blocking(1, 3), 4);
    assert!(<module::Load as offloop::Task>::NAME.ends_with("::load"));
    assert_eq!(module::show(&1, || 2).wait()?, "1 2");
    assert_eq!(
        module::Show::builder().value(&1).with(|| 2).call().wait()?,
        "1 2"
    );
    assert_eq!(module::Show::blocking(&1, || 2), "1 2");
    Ok(())
}

#[offloop::blocking_io(name = "reports.fetch")]
fn named(a: u8) -> u8 {
    a
}

#[test]
fn a_task_may_have_a_name_of_its_own() {
    fn future<F: StdFuture>(future: F) -> F {
        future
    }
    assert_eq!(<named as offloop::Task>::NAME, "reports.fetch");
    let _named = future(named::builder().a(1));
}

/// Known in this file only, and yet in the signature of `pub` functions: as in every `main.rs`.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct Private(u8);

mod with_private_types {
    use super::Private;

    /// Not even known outside of this module.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Inner(u8);

    #[offloop::blocking_io]
    pub fn on_thread(private: Private) -> Private {
        private
    }

    #[offloop::cpu_bound]
    pub fn in_process(private: &Private, #[default = Private(2)] more: Private) -> u8 {
        private.0 + more.0
    }

    #[offloop::cpu_bound]
    pub fn inner(value: Inner) -> Inner {
        value
    }

    #[derive(Clone)]
    pub(super) struct Store;

    #[offloop::methods]
    impl Store {
        #[blocking_io]
        fn load(&self, value: Inner) -> Inner {
            let Store = self;
            value
        }
    }

    pub(super) fn within() -> Nothing {
        assert_eq!(inner(Inner(3)).wait()?, Inner(3));
        assert_eq!(inner::builder().value(Inner(3)).call().wait()?, Inner(3));
        assert_eq!(Store.load(Inner(4)).wait()?, Inner(4));
        assert_eq!(
            Store.load_builder().value(Inner(4)).call().wait()?,
            Inner(4)
        );
        Ok(())
    }

    type Nothing = Result<(), offloop::Error>;
}

#[test]
fn public_functions_may_have_private_types() -> Nothing {
    use with_private_types::{in_process, on_thread, within};

    assert_eq!(on_thread(Private(1)).wait()?, Private(1));
    assert_eq!(
        on_thread::builder().private(Private(1)).call().wait()?,
        Private(1)
    );
    assert_eq!(on_thread::blocking(Private(1)), Private(1));
    assert_eq!(in_process(&Private(1), Private(1)).wait()?, 2);
    assert_eq!(in_process::builder().private(Private(1)).call().wait()?, 3);
    within()
}
