//! Rules of this repository, each with its test: the cases, the pages, the prose, the manifests, the tree.

mod annotations;
mod coverage;
mod prose;
mod reference;
mod repo;
