//! What single rules write, where a whole expansion would show too much.

use super::expand;

/// The source of an item, and what its expansion has to hold, with no spaces in between.
const CASES: &[(&str, &[&str])] = &[
    // `'static` is moved, and not copied.
    (
        "#[blocking_io] fn f(a: &'static str) {}",
        &["fn__call(a:&'staticstr)"],
    ),
    // A reference to a parameter is cloned; one that is not spelt as a parameter is not.
    (
        "#[blocking_io] fn f<T: Clone>(a: &T) {}",
        &["::core::clone::Clone::clone(a)"],
    ),
    (
        "#[blocking_io] fn f(a: &impl Tr) {}",
        &["::core::clone::Clone::clone(a)"],
    ),
    (
        "#[blocking_io] fn f(a: &[impl Tr]) {}",
        &["::std::borrow::ToOwned::to_owned(a)"],
    ),
    // `Self` has a name outside of the block.
    (
        "#[methods] impl S { #[blocking_io] fn f(a: [u8; Self::N]) {} }",
        &["[u8;<S>::N]"],
    ),
    // The copy is asked for once, in a constant.
    (
        "#[blocking_io] fn f(a: &Path) {}",
        &["const__F_COPIES:usize", "builder::Owned<Path,__F_COPIES>"],
    ),
    // Inside of an `Option`.
    (
        "#[blocking_io] fn f(a: Option<&str>) {}",
        &[
            "fn__call(a:::core::option::Option<::std::string::String>)",
            "::core::option::Option::map(a,<stras::std::borrow::ToOwned>::to_owned)",
            "::core::option::Option::as_deref(&a)",
        ],
    ),
    // What a worker lends without a copy, and what it does not.
    (
        "#[cpu_bound] fn f(a: &str, b: Option<&[f32]>, c: Cow<'_, [u8]>, d: &[bool], e: u8) {}",
        &[
            "typeList=(::offloop::__private::Borrowed::<str>,\
             ::offloop::__private::BorrowedOption::<[f32]>,\
             ::offloop::__private::Borrowed::<[u8]>,::std::vec::Vec<bool>,u8,);",
            "(&a,::core::option::Option::as_deref(&b),c,&d,e)",
            "typeArgs=__FValues",
            "type__FValues=(::std::string::String,::core::option::Option<::std::vec::Vec<f32>>,\
             ::std::vec::Vec<u8>,::std::vec::Vec<bool>,u8,)",
        ],
    ),
    // Bounds are not doubled, and stand where the others are.
    (
        "#[blocking_io] fn f<T>(a: T) where T: Send + 'static {}",
        &["fnf<T>(a:T)", "whereT:Send+'static,{"],
    ),
    (
        "#[blocking_io] fn f<T>(a: T) where T: Clone {}",
        &["whereT:Clone+::core::marker::Send+'static"],
    ),
    // What belongs to a parameter has to cross too.
    (
        "#[blocking_io] fn f<T: Iterator>(a: T) -> T::Item {}",
        &["T::Item:::core::marker::Send+'static"],
    ),
    (
        "#[blocking_io] fn f<T: Iterator>(a: <T as Iterator>::Item) {}",
        &["<TasIterator>::Item:::core::marker::Send+'static"],
    ),
    // One version for each side of a condition.
    (
        "#[blocking_io] fn f(#[cfg(unix)] a: u8) {}",
        &[
            "#[cfg(unix)]",
            "#[cfg(not(unix))]",
            "fn__call()",
            "fn__call(a:u8)",
        ],
    ),
    // What is called `Option` is one only where it may be that of the standard library.
    (
        "#[blocking_io] fn f(a: <S as Tr>::Option<u8>) {}",
        &["fna(mutself,a:<SasTr>::Option<u8>)"],
    ),
    // No empty brackets and no empty `where`.
    ("#[blocking_io] fn f() {}", &["fnf()->", "fn__call()->"]),
    // A receiver that is lent for good.
    (
        "#[methods] impl S { #[blocking_io] fn f(&'static self) {} }",
        &["Self::__f_call(self)"],
    ),
    (
        "#[methods] impl S { #[blocking_io] fn f(self: &'static Self) {} }",
        &["Self::__f_call(self)"],
    ),
];

#[test]
fn written() {
    let mut wrong = Vec::new();
    for (source, expected) in CASES {
        let written: String = expand(source).to_string().split_whitespace().collect();
        for part in *expected {
            if !written.contains(part) {
                wrong.push(format!("{source}\nlacks {part}\n{written}"));
            }
        }
        assert!(
            !written.contains("<>") && !written.contains("where{"),
            "{written}"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
