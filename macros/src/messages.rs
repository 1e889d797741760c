//! Every message of this crate.
//!
//! A message is lower case, without a final stop, in the words of the user's code, and says what to
//! do instead. The tables in `tests/messages/` have each message with the place that it points at.

use crate::kind::Kind;
use std::fmt::Display;

// ---- options

pub(crate) fn unknown_option(name: &str, accepted: &[&str]) -> String {
    format!("unknown option `{name}`; {}", expected_option(accepted))
}

pub(crate) fn expected_option(accepted: &[&str]) -> String {
    let list: Vec<String> = accepted.iter().map(|word| format!("`{word}`")).collect();
    format!("expected one of: {}", list.join(", "))
}

pub(crate) const THREADS_ON_BLOCKING_IO: &str =
    "`threads` is an option of `#[cpu_bound]`; `#[blocking_io]` always runs on threads, remove it";
pub(crate) const RETRY_ON_BLOCKING_IO: &str = "`retry` repeats a call whose worker process died, \
     and a thread does not die alone; repeat inside the function, or use `#[cpu_bound]`";
pub(crate) const RETRY_ON_THREADS: &str = "`retry` repeats a call whose worker process died, \
     and a thread does not die alone; repeat inside the function, or remove `threads`";
pub(crate) const NESTED_WITHOUT_RESULT: &str = "`nested` is for a result type called `Result`, and any \
     other type is kept apart from errors of the pool anyway; remove `nested`";

pub(crate) fn option_twice(name: impl Display) -> String {
    format!("`{name}` is given twice; keep one")
}

pub(crate) fn option_without_value(name: &str, example: &str) -> String {
    format!("expected `=` and a value after `{name}`, as in `{name} = {example}`")
}

pub(crate) fn flag_with_value(name: &str) -> String {
    format!("`{name}` takes no value; write `{name}`, or leave it out")
}

pub(crate) fn after_option(name: &str) -> String {
    format!("expected `,` after the option `{name}`")
}

pub(crate) const BUILDER_VALUE: &str = "`builder` takes `false` or a type name";
pub(crate) const POOL_VALUE: &str =
    "`pool` takes the path of a pool, as in `pool = DB` or `pool = crate::pools::DB`";
pub(crate) const NAME_VALUE: &str =
    "`name` takes a string that is not empty, as in `name = \"fetch\"`";
pub(crate) const CRATE_RELATIVE: &str =
    "`crate` takes an absolute path; write `::my_crate::offloop` or `crate::offloop`";

// ---- where the attribute is

pub(crate) fn not_a_function(kind: Kind, keyword: &str) -> String {
    let attribute = kind.attribute();
    match keyword {
        "impl" => format!(
            "use `#[offloop::methods]` on the impl block and `{attribute}` on its functions"
        ),
        _ => format!(
            "`{attribute}` goes on a function; this is {}",
            with_article(keyword)
        ),
    }
}

fn with_article(keyword: &str) -> String {
    let article = match keyword {
        "enum" | "extern" | "impl" => "an",
        _ => "a",
    };
    format!("{article} `{keyword}`")
}

pub(crate) const BOTH_ATTRIBUTES: &str =
    "`#[blocking_io]` and `#[cpu_bound]` exclude each other; keep one";

pub(crate) fn attribute_twice(kind: Kind) -> String {
    format!("`{}` is given twice; keep one", kind.attribute())
}

pub(crate) fn methods_not_an_impl(keyword: &str) -> String {
    match keyword {
        "fn" => "`#[offloop::methods]` goes on an impl block; \
                 a function takes `#[blocking_io]` or `#[cpu_bound]` alone"
            .to_owned(),
        "trait" => "functions of a trait keep the trait's signature; \
                    put the task on an inherent method that calls it"
            .to_owned(),
        _ => format!(
            "`#[offloop::methods]` goes on an impl block; this is {}",
            with_article(keyword)
        ),
    }
}

pub(crate) const METHODS_OPTION: &str =
    "`#[offloop::methods]` takes no options; give them to the attributes of its functions";
pub(crate) const NO_ITEMS: &str = "expected the items of an impl block";
pub(crate) const METHODS_WITHOUT_TASK: &str =
    "no function in this impl block is marked `#[blocking_io]` or `#[cpu_bound]`";
pub(crate) const METHODS_ON_TRAIT_IMPL: &str =
    "functions of a trait impl keep the trait's signature; put the task on an inherent method";
pub(crate) const IMPL_LIFETIME: &str = "the call outlives what `Self` borrows here; \
     put the task on a type without lifetimes, or make it a free function of owned arguments";

pub(crate) const OWNER_WITHOUT_NAME: &str =
    "the names of generated types come from the type of the impl block; use a type with a name";

// ---- the function

pub(crate) fn async_fn(kind: Kind) -> String {
    format!(
        "`{}` takes a synchronous function; remove `async`, or remove the attribute \
         and await the function as it is",
        kind.attribute()
    )
}

pub(crate) const CONST_FN: &str = "a `const fn` cannot run on the pool; remove `const`";
pub(crate) const UNSAFE_FN: &str = "an `unsafe fn` cannot be a task, because its contract would \
     have to hold until the call ends; wrap the call in a safe function";
pub(crate) const FOREIGN_ABI: &str = "only a function with the Rust ABI can be a task; \
     call this one from a plain function";
pub(crate) const VARIADIC: &str = "a variadic function cannot be a task; take a slice or a `Vec`";
pub(crate) const MAIN: &str =
    "`main` cannot be a task; move the work to another function and await that function";
pub(crate) const NO_FUNCTION: &str = "expected a function";
pub(crate) const NO_BODY: &str = "expected a function body";
pub(crate) const RETURNS_IMPL: &str = "the result must have a name so that the call has a type; \
     return a `Box<dyn Trait + Send>` or a named type";
pub(crate) const RETURNS_BORROWED: &str = "the result cannot borrow from the arguments, \
     which are dropped when the call ends; return an owned value";
pub(crate) const RETURNS_NEVER: &str =
    "a task must return, and `!` never does; use `std::thread::spawn` for work without an end";

// ---- arguments

pub(crate) const MUT_REFERENCE: &str =
    "`&mut` arguments cannot cross to another thread; take the value and return it";

pub(crate) fn destructured(suggestion: Option<&str>) -> String {
    let suggestion = suggestion.unwrap_or("point: (f64, f64)");
    format!("give the argument a name, `{suggestion}`, and destructure it in the body")
}

pub(crate) fn wildcard(ty: &str) -> String {
    format!("an argument needs a name, by which a caller can set it; write `_unused: {ty}`")
}

pub(crate) const REF_PATTERN: &str = "`ref` is not supported here; take the argument by name";

pub(crate) fn default_twice(name: &str) -> String {
    format!("`#[default]` is given twice for `{name}`; keep one")
}

pub(crate) const DEFAULT_WITHOUT_VALUE: &str =
    "`#[default]` needs a value here; write `#[default = 3]`";
pub(crate) const DEFAULT_WITHOUT_BUILDER: &str = "a default is for named arguments, \
     and `builder = false` removes them; remove one of the two";
pub(crate) const CFG_ATTR: &str =
    "`cfg_attr` on an argument is resolved too late for this macro; use `#[cfg]` on two arguments";
pub(crate) const TOO_MANY_CFG: &str = "at most three `#[cfg]` conditions on arguments; \
     put `#[cfg]` on two versions of the function";

pub(crate) fn unknown_argument_attribute(name: &str) -> String {
    format!("unknown argument attribute `{name}`; expected `default` or a doc comment")
}

pub(crate) const ATTRIBUTE_ON_SELF: &str =
    "`self` takes no attributes, because a call always has it; remove the attribute";

pub(crate) fn reserved_argument(name: &str) -> String {
    format!(
        "`{name}` is a function of the builder; rename the argument, or write `builder = false`"
    )
}

pub(crate) fn setter_clash(option: &str, other: &str) -> String {
    format!(
        "`{option}` is an `Option` and has a second setter, `{other}`, \
         which is the name of another argument; rename one of the two"
    )
}

pub(crate) fn borrowed_inside(argument: &str) -> String {
    format!(
        "`{argument}` borrows from the caller, and the call may outlive the caller; \
         take an owned value in its place"
    )
}

pub(crate) fn unsized_parameter(name: &str) -> String {
    format!(
        "`{name}` may have no size, and a call owns its arguments; \
         remove `?Sized` and add `Clone`, or add `ToOwned`"
    )
}

pub(crate) fn borrowed_dyn(target: &str) -> String {
    let mut shared = target.to_owned();
    for bound in ["Send", "Sync"] {
        if !target.contains(bound) {
            shared.push_str(" + ");
            shared.push_str(bound);
        }
    }
    format!("`&{target}` cannot be copied for the call; take `Arc<{shared}>`")
}

pub(crate) const BOUND_LIFETIME: &str = "this bound names a lifetime of the caller, \
     and the call may outlive the caller; use `'static` or `for<'a>`";

// ---- methods

pub(crate) const MUT_SELF: &str = "`&mut self` cannot cross to another thread; \
     take `self` and return it, or `&self` with a `Mutex`";
pub(crate) const RC_SELF: &str = "`Rc<Self>` cannot cross to another thread; use `Arc<Self>`";
pub(crate) const SELF_OUTSIDE: &str = "this function uses `Self`, so it is inside an impl block; \
     put `#[offloop::methods]` on the block";
pub(crate) const CPU_BOUND_METHOD: &str =
    "`#[cpu_bound]` on a method needs `#[offloop::methods]` on the impl block";
pub(crate) const DEFAULT_ON_BARE_METHOD: &str =
    "a default is for named arguments, and those need `#[offloop::methods]` on the impl block";
pub(crate) const NO_BUILDER_ON_BARE_METHOD: &str = "without `#[offloop::methods]` on the impl block \
     a method has no builder anyway; remove `builder = false`";
pub(crate) const BUILDER_ON_BARE_METHOD: &str =
    "a builder for a method needs `#[offloop::methods]` on the impl block";

// ---- processes

pub(crate) const GENERIC_PROCESS: &str = "worker processes look the function up by name, \
     so it cannot be generic; wrap the type that you need in a plain function, \
     or use `#[cpu_bound(threads)]`";

// ---- `#[offloop::on_worker_start]`

pub(crate) const START_NOT_A_FUNCTION: &str =
    "`#[offloop::on_worker_start]` goes on a function without arguments";
pub(crate) const START_OPTION: &str =
    "`#[offloop::on_worker_start]` takes no option but `crate = ::path`";
pub(crate) const START_ARGUMENTS: &str =
    "a worker has no arguments for this function when it starts; remove them";
pub(crate) const START_GENERIC: &str = "a function that runs when a worker starts cannot be generic, because nothing says for which type";
pub(crate) const START_ASYNC: &str = "a worker has no event loop when it starts; remove `async`";
pub(crate) const START_UNSAFE: &str =
    "an `unsafe fn` cannot be run by the worker; wrap the call in a safe function";
