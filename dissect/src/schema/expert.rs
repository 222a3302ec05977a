//! Values of fields that deserve attention, declared with the field: Wireshark's expert information.

/// How grave it is, in Wireshark's words and numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u32)]
pub enum Severity {
    /// Part of the usual course.
    Chat = 0x0020_0000,
    /// Worth knowing.
    Note = 0x0040_0000,
    /// Unusual, may be trouble.
    Warning = 0x0060_0000,
    /// Wrong.
    Error = 0x0080_0000,
}

/// Severities with their names, for value lists.
pub const SEVERITIES: &[(u64, &str)] =
    &[(0x0020_0000, "Chat"), (0x0040_0000, "Note"), (0x0060_0000, "Warning"), (0x0080_0000, "Error")];

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        SEVERITIES.iter().find(|(number, _)| *number == self as u64).map_or("", |(_, name)| *name)
    }
}

/// Values of a field, and what they mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expert {
    /// First and last value.
    pub values: (u64, u64),
    /// How grave.
    pub severity: Severity,
    /// What.
    pub text: &'static str,
}
