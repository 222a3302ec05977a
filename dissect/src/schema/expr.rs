//! Small arithmetic over fields already decoded: sizes, counts, presence.

/// A number computed from the header's fields; saturates, and a result below 0 counts as malformed where used as a
/// size.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A constant.
    Const(i64),
    /// A field of the same protocol by its declared name, as it stands on the wire (not scaled).
    Field(&'static str),
    /// Captured octets from here to the end of the enclosing part.
    Left,
    /// Octets from here to where the enclosing part ends by what surrounds it, captured or not.
    Claimed,
    /// Sum.
    Add(Box<Expr>, Box<Expr>),
    /// Difference.
    Sub(Box<Expr>, Box<Expr>),
    /// Product.
    Mul(Box<Expr>, Box<Expr>),
    /// Quotient; by 0 is 0.
    Div(Box<Expr>, Box<Expr>),
    /// Bitwise and.
    And(Box<Expr>, Box<Expr>),
    /// Smaller of two.
    Min(Box<Expr>, Box<Expr>),
    /// Rounded up to a multiple.
    Align(Box<Expr>, u8),
}

/// A condition over fields already decoded.
#[derive(Clone, Debug)]
pub enum Test {
    /// Equal.
    Eq(Expr, Expr),
    /// Not equal.
    Ne(Expr, Expr),
    /// At least.
    Ge(Expr, Expr),
    /// Within a list.
    In(Expr, Vec<u64>),
    /// All of them.
    All(Vec<Test>),
    /// One of them.
    Any(Vec<Test>),
    /// The opposite.
    Not(Box<Test>),
    /// The nearest layer around this one that is another protocol has this name.
    Over(&'static str),
    /// The captured octets from here to the end of the enclosing part pass the function. False when a packet is built.
    Look(fn(&[u8]) -> bool),
}

/// The field's value.
pub fn val(name: &'static str) -> Expr {
    Expr::Field(name)
}

/// A constant.
pub fn lit(value: i64) -> Expr {
    Expr::Const(value)
}

/// Octets left in the enclosing part.
pub fn left() -> Expr {
    Expr::Left
}

/// Octets left in the enclosing part, whether captured or not.
pub fn claimed() -> Expr {
    Expr::Claimed
}

/// `field == value`.
pub fn eq(field: &'static str, value: i64) -> Test {
    Test::Eq(val(field), lit(value))
}

/// `field != value`.
pub fn ne(field: &'static str, value: i64) -> Test {
    Test::Ne(val(field), lit(value))
}

/// `field >= value`.
pub fn ge(field: &'static str, value: i64) -> Test {
    Test::Ge(val(field), lit(value))
}

/// The layer around this one is `protocol`.
pub fn over(protocol: &'static str) -> Test {
    Test::Over(protocol)
}

/// The octets from here on pass `test`.
pub fn look(test: fn(&[u8]) -> bool) -> Test {
    Test::Look(test)
}

/// The opposite of `test`.
pub fn not(test: Test) -> Test {
    Test::Not(Box::new(test))
}

/// `field in values`.
pub fn is_in(field: &'static str, values: &[u64]) -> Test {
    Test::In(val(field), values.to_vec())
}

impl Expr {
    /// `self` or `other`, whichever is smaller.
    pub fn min(self, other: Expr) -> Expr {
        Expr::Min(Box::new(self), Box::new(other))
    }

    /// Bits common to both.
    pub fn and(self, mask: i64) -> Expr {
        Expr::And(Box::new(self), Box::new(lit(mask)))
    }

    /// Rounded up to a multiple of `octets`.
    pub fn align(self, octets: u8) -> Expr {
        Expr::Align(Box::new(self), octets)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $variant:ident;)*) => {$(
        impl std::ops::$trait<i64> for Expr {
            type Output = Expr;
            fn $method(self, other: i64) -> Expr {
                Expr::$variant(Box::new(self), Box::new(lit(other)))
            }
        }
        impl std::ops::$trait for Expr {
            type Output = Expr;
            fn $method(self, other: Expr) -> Expr {
                Expr::$variant(Box::new(self), Box::new(other))
            }
        }
    )*};
}

operators! {
    Add add Add;
    Sub sub Sub;
    Mul mul Mul;
    Div div Div;
}
