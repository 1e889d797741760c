//! The options of an attribute: `#[cpu_bound(pool = IMAGES, timeout = LIMIT)]`.
//!
//! They stand in one table, which the parser and the messages read.
//!
//! A new option is a row of the table, an arm of [`Options::read_value`] and a field of
//! [`Options`]; without the arm the crate does not compile. Tests fail until the docs in `lib.rs`
//! have the option and the generated code differs with it. An option that sets one on the call also
//! stands in the list in `expand/call.rs`.

use crate::errors::Errors;
use crate::kind::{Form, Kind};
use crate::messages as say;
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{Expr, Ident, LitStr, Path, Token};

use Applies::{No, Yes};
use Syntax::{Flag, Value};

/// How an option is written.
#[derive(Clone, Copy)]
enum Syntax {
    /// The word alone.
    Flag,
    /// The word, `=` and a value, such as this one.
    Value(&'static str),
}

/// Whether one form of attribute takes an option.
#[derive(Clone, Copy)]
pub(crate) enum Applies {
    Yes,
    /// The option would do nothing: the message that says why, and what to do instead.
    No(&'static str),
}

/// Declares the options and their table together, so that no option is without a row.
macro_rules! table {
    ($($option:ident, $word:literal, $syntax:expr, [$blocking_io:expr, $cpu_bound:expr, $threads:expr];)*) => {
        /// An option of `#[blocking_io]` or `#[cpu_bound]`.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Key {
            $($option,)*
        }

        impl Key {
            /// All options, in the order in which docs and messages list them.
            pub(crate) const ALL: &[Self] = &[$(Self::$option,)*];

            /// Returns the word that the user writes.
            pub(crate) fn word(self) -> &'static str {
                match self {
                    $(Self::$option => $word,)*
                }
            }

            /// Returns how the option is written.
            fn syntax(self) -> Syntax {
                match self {
                    $(Self::$option => $syntax,)*
                }
            }

            /// Returns whether a form of attribute takes the option.
            pub(crate) fn applies(self, form: Form) -> Applies {
                match (self, form) {
                    $(
                        (Self::$option, Form::BlockingIo) => $blocking_io,
                        (Self::$option, Form::CpuBound) => $cpu_bound,
                        (Self::$option, Form::CpuBoundThreads) => $threads,
                    )*
                }
            }
        }
    };
}

impl Key {
    /// Returns the option as a user may write it.
    #[cfg(test)]
    pub(crate) fn example(self) -> String {
        match self.syntax() {
            Flag => self.word().to_owned(),
            Value(value) => format!("{} = {value}", self.word()),
        }
    }
}

table! {
    // option, word, syntax, [`blocking_io`, `cpu_bound`, `cpu_bound(threads)`]
    Pool, "pool", Value("DB"), [Yes, Yes, Yes];
    Threads, "threads", Flag, [No(say::THREADS_ON_BLOCKING_IO), Yes, Yes];
    Timeout, "timeout", Value("Duration::from_secs(5)"), [Yes, Yes, Yes];
    Retry, "retry", Value("2"), [No(say::RETRY_ON_BLOCKING_IO), Yes, No(say::RETRY_ON_THREADS)];
    Nested, "nested", Flag, [Yes, Yes, Yes];
    Name, "name", Value("\"fetch\""), [Yes, Yes, Yes];
    Builder, "builder", Value("false"), [Yes, Yes, Yes];
    Crate, "crate", Value("::my_crate::offloop"), [Yes, Yes, Yes];
}

/// What the user wrote in the attribute's parentheses.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// `pool = PATH`: the pool to run in, in place of the default one.
    pub(crate) pool: Option<Path>,
    /// `threads`: threads in place of worker processes; see [`Options::form`].
    threads: bool,
    /// `timeout = EXPR`: the time limit of each call.
    pub(crate) timeout: Option<Expr>,
    /// `retry = EXPR`: how often a call is repeated after its worker died.
    pub(crate) retry: Option<Expr>,
    /// `nested`: a call returns a result of a result. Where the word is, if it was written.
    pub(crate) nested: Option<Span>,
    /// `name = ".."`: the name of the task.
    pub(crate) name: Option<LitStr>,
    /// `builder = false | Name`: no named arguments, or another type for them.
    pub(crate) builder: BuilderOption,
    /// `crate = ::path`: where to find `offloop`.
    pub(crate) krate: Option<Path>,
}

/// The value of the option `builder`.
#[derive(Clone, Default)]
pub(crate) enum BuilderOption {
    /// The option was not given.
    #[default]
    Default,
    /// `builder = false`, and where the value is.
    Off(Span),
    /// `builder = Name`
    Named(Ident),
}

/// An element of the list in the attribute's parentheses.
struct Element {
    span: Span,
    content: Content,
}

/// What an element was.
enum Content {
    /// An option, and what was wrong with its value.
    Option(Key, syn::Result<()>),
    /// A word that is not in the table.
    Unknown(String),
    /// No word.
    Other,
}

impl Options {
    /// Reads all options, also those after a mistake.
    pub(crate) fn parse(kind: Kind, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let mut elements = Vec::new();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let element = options.read_element(&elements, input)?;
                elements.push(element);
                skip_to_comma(input);
            }
            Ok(())
        };
        if let Err(error) = read.parse2(tokens) {
            errors.add(error);
        }
        // Only now, because `threads` may stand after an option that it makes useless.
        let form = options.form(kind);
        for element in elements {
            element.report(form, errors);
        }
        options
    }

    /// Returns the form of the attribute with these options.
    pub(crate) fn form(&self, kind: Kind) -> Form {
        Form::of(kind, self.threads)
    }

    fn read_element(&mut self, before: &[Element], input: ParseStream<'_>) -> syn::Result<Element> {
        let span = input.span();
        if !input.peek(Ident::peek_any) {
            let content = Content::Other;
            return Ok(Element { span, content });
        }
        let word = input.call(Ident::parse_any)?;
        let mut keys = Key::ALL.iter();
        let content = match keys.find(|key| word == key.word()) {
            None => Content::Unknown(word.to_string()),
            Some(&key) if before.iter().any(|element| element.is(key)) => {
                Content::Option(key, Err(syn::Error::new(span, say::option_twice(&word))))
            }
            Some(&key) => Content::Option(key, self.read(key, span, input)),
        };
        Ok(Element { span, content })
    }

    /// Reads what stands after the word of an option.
    fn read(&mut self, key: Key, span: Span, input: ParseStream<'_>) -> syn::Result<()> {
        let word = key.word();
        match key.syntax() {
            Flag if input.peek(Token![=]) || input.peek(syn::token::Paren) => {
                return Err(syn::Error::new(span, say::flag_with_value(word)));
            }
            Flag => {}
            Value(example) => {
                let equals = input.parse::<Option<Token![=]>>()?;
                if equals.is_none() || input.is_empty() || input.peek(Token![,]) {
                    let message = say::option_without_value(word, example);
                    return Err(syn::Error::new(span, message));
                }
            }
        }
        self.read_value(key, span, input)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error(say::after_option(word)));
        }
        Ok(())
    }

    /// Reads the value of an option, which for a flag is nothing, into its field.
    fn read_value(&mut self, key: Key, span: Span, input: ParseStream<'_>) -> syn::Result<()> {
        match key {
            Key::Pool => self.pool = Some(pool(input)?),
            Key::Threads => self.threads = true,
            Key::Timeout => self.timeout = Some(Expr::parse(input)?),
            Key::Retry => self.retry = Some(Expr::parse(input)?),
            Key::Nested => self.nested = Some(span),
            Key::Name => self.name = Some(task_name(input)?),
            Key::Builder => self.builder = builder(input)?,
            Key::Crate => check_crate_path(self.krate.insert(Path::parse_mod_style(input)?))?,
        }
        Ok(())
    }
}

impl Element {
    fn is(&self, key: Key) -> bool {
        matches!(self.content, Content::Option(found, _) if found == key)
    }

    /// Reports what is wrong with the element. If the option does not apply, its value is not
    /// reported: the option has to go.
    fn report(self, form: Form, errors: &mut Errors) {
        match self.content {
            Content::Other => errors.at_span(self.span, say::expected_option(&accepted(form))),
            Content::Unknown(word) => {
                errors.at_span(self.span, say::unknown_option(&word, &accepted(form)));
            }
            Content::Option(key, result) => match (key.applies(form), result) {
                (No(reason), _) => errors.at_span(self.span, reason),
                (Yes, Err(error)) => errors.add(error),
                (Yes, Ok(())) => {}
            },
        }
    }
}

/// Returns the words of all options that a form of attribute takes.
pub(crate) fn accepted(form: Form) -> Vec<&'static str> {
    let keys = Key::ALL.iter();
    let accepted = keys.filter(|key| matches!(key.applies(form), Yes));
    accepted.map(|key| key.word()).collect()
}

fn pool(input: ParseStream<'_>) -> syn::Result<Path> {
    Path::parse_mod_style(input).map_err(|error| syn::Error::new(error.span(), say::POOL_VALUE))
}

fn builder(input: ParseStream<'_>) -> syn::Result<BuilderOption> {
    if input.peek(syn::LitBool) {
        let switch: syn::LitBool = input.parse()?;
        return if switch.value {
            Err(syn::Error::new(switch.span, say::BUILDER_VALUE))
        } else {
            Ok(BuilderOption::Off(switch.span))
        };
    }
    let name: Ident = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), say::BUILDER_VALUE))?;
    Ok(BuilderOption::Named(name))
}

fn task_name(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let name: LitStr = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), say::NAME_VALUE))?;
    if name.value().is_empty() {
        return Err(syn::Error::new(name.span(), say::NAME_VALUE));
    }
    Ok(name)
}

/// Accepts `::offloop`, `crate::offloop` and `$crate::offloop`; a relative path would mean
/// something else in each module.
fn check_crate_path(path: &Path) -> syn::Result<()> {
    let first = path.segments.first();
    let is_absolute = path.leading_colon.is_some()
        || first.is_some_and(|first| first.ident == "crate" || first.ident == "$crate");
    if is_absolute {
        Ok(())
    } else {
        Err(syn::Error::new_spanned(path, say::CRATE_RELATIVE))
    }
}

/// After a mistake, goes on with the next option.
fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() {
        if input.parse::<Token![,]>().is_ok() {
            return;
        }
        if input.parse::<proc_macro2::TokenTree>().is_err() {
            return;
        }
    }
}
