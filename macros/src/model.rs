//! A task: all that the rest of the crate knows of the user's function.

use crate::argument::Argument;
use crate::attrs::ItemAttrs;
use crate::bounds;
use crate::errors::Errors;
use crate::generics::Params;
use crate::home::Home;
use crate::kind::{Form, Kind};
use crate::names::{Fresh, Names};
use crate::options::{BuilderOption, Options};
use crate::output::Output;
use crate::paths::Paths;
use crate::receiver::Receiver;
use crate::scan;
use crate::self_type;
use crate::source::SourceFn;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use std::collections::HashSet;
use syn::{FnArg, Type, Visibility, parse_quote};

/// A function that is to be a task, read but not checked.
pub(crate) struct Task {
    pub(crate) kind: Kind,
    /// The attribute and where it runs the function.
    pub(crate) form: Form,
    pub(crate) options: Options,
    pub(crate) home: Home,
    pub(crate) paths: Paths,
    pub(crate) names: Names,
    pub(crate) attrs: ItemAttrs,
    pub(crate) vis: Visibility,
    /// The function as the user wrote it.
    pub(crate) source: SourceFn,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) output: Output,
    /// The function's own parameters.
    pub(crate) inner: Params,
    /// The parameters of the impl block and of the function, for items outside of the block.
    pub(crate) outer: Params,
    /// What has to be `Send + 'static` besides the function's own parameters: first the parameters
    /// of the impl block, then types that belong to a parameter, such as `T::Item`.
    crossing: Vec<Type>,
    /// How many elements of `crossing` are parameters of the impl block.
    around: usize,
}

impl Task {
    /// Reads a function, also one with mistakes, which are then in `errors`. Only a task without
    /// mistakes can be expanded.
    pub(crate) fn read(
        kind: Kind,
        options: &Options,
        source: &SourceFn,
        home: &Home,
        errors: &mut Errors,
    ) -> Self {
        let mut fresh = Fresh::new(source.sig.to_token_stream());
        let mut inner = Params::read(&source.sig.generics, errors);
        let mut receiver = None;
        let mut arguments = Vec::new();
        for input in &source.sig.inputs {
            match input {
                FnArg::Receiver(input) => receiver = Some(Receiver::read(input, errors)),
                FnArg::Typed(input) => {
                    arguments.extend(Argument::read(input, &mut inner, &mut fresh, errors));
                }
            }
        }
        let (around, outer) = match home {
            Home::Impl(home) => (home.params.clone(), inner.within(&home.params, &home.owner)),
            Home::Free | Home::Bare => (Params::default(), inner.clone()),
        };
        let mut task = Self {
            kind,
            form: options.form(kind),
            paths: Paths::below(options.krate.as_ref()),
            names: names_of(source, home, &options.builder),
            attrs: ItemAttrs::sort(source.attrs.clone()),
            vis: source.vis.clone(),
            receiver,
            arguments,
            output: Output::read(&source.sig.output),
            around: around.named_types().count(),
            crossing: around.named_types().collect(),
            inner,
            outer,
            options: options.clone(),
            home: home.clone(),
            source: source.clone(),
        };
        task.bound_projections();
        if task.is_concrete() {
            for argument in &mut task.arguments {
                argument.passing.ask_at(&task.paths, &task.names.copies);
            }
        }
        task
    }

    /// Adds types such as `T::Item` to `crossing`: that they are `Send + 'static` does not follow
    /// from the bounds of `T`.
    fn bound_projections(&mut self) {
        let params = self.named_types();
        let mut crossing = Vec::new();
        for argument in &self.arguments {
            let found = scan::scan(argument.passing.target());
            let unsized_copy = argument.passing.copies()
                && found.mentions(&params)
                && found
                    .names
                    .iter()
                    .any(|name| self.outer.may_be_unsized(name));
            if found.projects(&params) || unsized_copy {
                let owned = argument.owned();
                crossing.push(parse_quote!(#owned));
            }
        }
        if scan::scan(&self.output.ty).projects(&params) {
            crossing.push(self.output.ty.clone());
        }
        self.crossing.extend(crossing);
    }

    /// Returns the names of all type parameters, and `Self` where it may depend on some.
    fn named_types(&self) -> HashSet<String> {
        let of_function = self.source.sig.generics.type_params();
        let mut names: HashSet<String> = of_function.map(|p| p.ident.to_string()).collect();
        if let Home::Impl(home) = &self.home {
            let of_impl = home.params.type_names();
            if !of_impl.is_empty() {
                names.insert("Self".to_owned());
            }
            names.extend(of_impl);
        }
        names
    }

    /// Returns `T: Send + 'static` for all types that have to cross, to be added to a `where`.
    pub(crate) fn bounds(&self) -> Vec<TokenStream> {
        self.crossing.iter().map(bounds::crossing).collect()
    }

    /// Returns these bounds for items outside of the impl block, which declare the parameters of
    /// the block with their bounds.
    pub(crate) fn outside_bounds(&self) -> Vec<TokenStream> {
        self.crossing[self.around..]
            .iter()
            .map(|ty| bounds::crossing(&self.outside(ty)))
            .collect()
    }

    /// Returns whether calls go to worker processes.
    pub(crate) fn in_processes(&self) -> bool {
        self.form == Form::CpuBound
    }

    /// Returns whether errors of the pool come in the function's own result.
    pub(crate) fn flat(&self) -> bool {
        self.output.fallible && self.options.nested.is_none()
    }

    /// Returns whether arguments can be passed by name.
    pub(crate) fn has_builder(&self) -> bool {
        !matches!(self.options.builder, BuilderOption::Off(_)) && !matches!(self.home, Home::Bare)
    }

    /// Returns whether `builder = Name` on a free function makes `Name` the type where calls start.
    pub(crate) fn has_named_entry(&self) -> bool {
        matches!(self.options.builder, BuilderOption::Named(_)) && matches!(self.home, Home::Free)
    }

    /// Returns the type where calls of a free function with named arguments start.
    pub(crate) fn entry(&self) -> Option<&Ident> {
        match (&self.home, &self.options.builder) {
            (Home::Free, BuilderOption::Default) => Some(&self.names.companion),
            (Home::Free, BuilderOption::Named(name)) => Some(name),
            _ => None,
        }
    }

    /// Returns whether all that is stored of the task can go to any pool, known by the names of
    /// its types.
    pub(crate) fn are_arguments_plain(&self) -> bool {
        self.receiver.is_none() && self.arguments.iter().all(Argument::is_plain)
    }

    /// Returns the type of a call, as items in the impl block write it.
    pub(crate) fn call_type(&self) -> TokenStream {
        self.call_of(&self.output.ty)
    }

    /// Returns the type of a call, as items outside of the impl block write it.
    pub(crate) fn call_type_outside(&self) -> TokenStream {
        self.call_of(&self.outside(&self.output.ty))
    }

    fn call_of(&self, output: &Type) -> TokenStream {
        let private = &self.paths.private;
        let awaited = self.awaited(&output.to_token_stream());
        let span = self.output.span();
        quote_spanned!(span=> #private::Call<#awaited>)
    }

    /// Returns the type that has the generated functions, as items outside of its impl block write
    /// it.
    pub(crate) fn owner(&self) -> TokenStream {
        match &self.home {
            Home::Impl(home) => {
                let owner = &home.owner;
                quote!(<#owner>)
            }
            Home::Free | Home::Bare => self.names.companion.to_token_stream(),
        }
    }

    /// Returns a type of the signature, as items outside of the impl block write it.
    pub(crate) fn outside(&self, ty: &Type) -> Type {
        match &self.home {
            Home::Impl(home) => self_type::replace(ty.clone(), &home.owner),
            Home::Free | Home::Bare => ty.clone(),
        }
    }

    /// Returns the arguments, with types as items outside of the impl block write them.
    pub(crate) fn outside_arguments(&self) -> Vec<Argument> {
        self.arguments
            .iter()
            .map(|argument| argument.map_types(|ty| self.outside(ty)))
            .collect()
    }

    /// Returns tokens that mean `ty` if the pool can take the user's types. If not, they mean a
    /// type that the compiler knows to be wrong, and about which it says nothing more.
    ///
    /// The length of an array is evaluated with its type, and a constant whose body has errors
    /// makes the type an error. So the compiler reports a type that cannot cross once, where the
    /// user wrote it, and not for each use in generated code.
    ///
    /// This is only for a task without parameters: the body of a constant cannot name them.
    pub(crate) fn checked(&self, ty: &TokenStream) -> TokenStream {
        let check = &self.names.check;
        quote!(<[#ty; #check] as ::core::iter::IntoIterator>::Item)
    }

    /// Returns the type of the function's result, checked if it can be, as items in the impl block
    /// write it.
    pub(crate) fn checked_output(&self) -> TokenStream {
        if self.is_concrete() {
            self.names.output.to_token_stream()
        } else {
            self.output.ty.to_token_stream()
        }
    }

    /// Returns the type of the function's result, checked if it can be, as items outside of the
    /// impl block write it.
    pub(crate) fn checked_output_outside(&self) -> TokenStream {
        if self.is_concrete() {
            self.names.output.to_token_stream()
        } else {
            self.outside(&self.output.ty).to_token_stream()
        }
    }

    /// Returns what an awaited call returns if the function returns `output`: the result itself if
    /// errors of the pool fit into it.
    pub(crate) fn awaited(&self, output: &TokenStream) -> TokenStream {
        if self.flat() {
            return output.clone();
        }
        let private = &self.paths.private;
        quote!(::core::result::Result<#output, #private::Error>)
    }

    /// Returns the type that a call stores of an argument, as items in the impl block write it.
    pub(crate) fn stored(&self, argument: &Argument) -> TokenStream {
        let owned = argument.owned();
        if argument.passing.is_projected() && self.is_concrete() {
            self.checked(&owned)
        } else {
            owned
        }
    }

    /// Returns whether the generated items have no type or const parameter in scope.
    pub(crate) fn is_concrete(&self) -> bool {
        self.outer.is_empty() && !matches!(self.home, Home::Bare)
    }

    /// Returns the name of the task: the constant of its companion, if that can be named.
    pub(crate) fn name_const(&self) -> TokenStream {
        if self.is_concrete() && matches!(self.home, Home::Free) {
            let (private, companion) = (&self.paths.private, &self.names.companion);
            quote!(<#companion as #private::Task>::NAME)
        } else {
            self.name_expr()
        }
    }

    /// Returns an expression for the name of the task, by which workers find it.
    pub(crate) fn name_expr(&self) -> TokenStream {
        if let Some(name) = &self.options.name {
            return name.to_token_stream();
        }
        let name = format!("::{}", self.names.shown);
        quote!(::core::concat!(::core::module_path!(), #name))
    }
}

fn names_of(source: &SourceFn, home: &Home, builder: &BuilderOption) -> Names {
    let function = &source.sig.ident;
    let mut names = match home {
        Home::Free => Names::free(function),
        Home::Impl(home) => Names::method(function, Some(&home.owner_name)),
        Home::Bare => Names::method(function, None),
    };
    if !matches!(builder, BuilderOption::Default) {
        names.hide_companion();
    }
    if let BuilderOption::Named(name) = builder {
        names.builder = name.clone();
    }
    names
}
