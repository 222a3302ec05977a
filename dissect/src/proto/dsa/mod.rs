//! Switch tags of DSA conduits: one file a tagger family.

/// Which switch tag frames carry.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Choice {
    /// What the file, the interface or the link type says; else by the look of the frames.
    #[default]
    Auto,
    /// No tag.
    None,
    /// The tagger with this sysfs name.
    Tagger(String),
}
