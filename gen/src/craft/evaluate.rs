//! Sizes and tests of declarations, over the values that are written so far.

use super::build::Builder;
use nettool_dissect::schema::{Expr, Test};

impl Builder<'_> {
    /// A size, where it is known and is no length that counts what is written.
    pub(super) fn size(&mut self, size: &'static Expr) -> Option<i64> {
        if self.is_counted(size) { None } else { self.eval(size) }
    }

    pub(super) fn is_counted(&self, size: &Expr) -> bool {
        match size {
            Expr::Const(_) => false,
            Expr::Field(name) => {
                self.slots.iter().rev().find(|slot| slot.name == *name).is_none_or(|slot| slot.counts)
            }
            Expr::Left | Expr::Claimed => true,
            Expr::Add(a, b)
            | Expr::Sub(a, b)
            | Expr::Mul(a, b)
            | Expr::Div(a, b)
            | Expr::And(a, b)
            | Expr::Min(a, b) => self.is_counted(a) || self.is_counted(b),
            Expr::Align(a, _) => self.is_counted(a),
        }
    }

    pub(super) fn eval(&mut self, expr: &Expr) -> Option<i64> {
        Some(match expr {
            Expr::Const(value) => *value,
            Expr::Field(name) => {
                let slot = self.slots.iter().rev().find(|slot| slot.name == *name)?;
                if let Some(origin) = slot.origin {
                    self.shaping.push(origin);
                }
                slot.value? as i64
            }
            Expr::Left | Expr::Claimed => return None,
            Expr::Add(a, b) => self.eval(a)?.saturating_add(self.eval(b)?),
            Expr::Sub(a, b) => self.eval(a)?.saturating_sub(self.eval(b)?),
            Expr::Mul(a, b) => self.eval(a)?.saturating_mul(self.eval(b)?),
            Expr::Div(a, b) => self.eval(a)?.checked_div(self.eval(b)?).unwrap_or(0),
            Expr::And(a, b) => self.eval(a)? & self.eval(b)?,
            Expr::Min(a, b) => self.eval(a)?.min(self.eval(b)?),
            Expr::Align(a, unit) => {
                let unit = i64::from((*unit).max(1));
                self.eval(a)?.saturating_add(unit - 1) / unit * unit
            }
        })
    }

    pub(super) fn test(&mut self, test: &Test) -> Option<bool> {
        Some(match test {
            Test::Eq(a, b) => self.eval(a)? == self.eval(b)?,
            Test::Ne(a, b) => self.eval(a)? != self.eval(b)?,
            Test::Ge(a, b) => self.eval(a)? >= self.eval(b)?,
            Test::In(a, values) => {
                let value = self.eval(a)?;
                values.iter().any(|known| i64::try_from(*known) == Ok(value))
            }
            // what decoding alone has
            Test::All(tests) if matches!(tests.as_slice(), [Test::All(inner)] if inner.is_empty()) => false,
            Test::All(tests) => {
                let mut all = Some(true);
                for test in tests {
                    match self.test(test) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => all = None,
                    }
                }
                all?
            }
            // what only the crafter has: there if it is given
            Test::Any(tests) if tests.is_empty() => return None,
            Test::Any(tests) => {
                let mut any = Some(false);
                for test in tests {
                    match self.test(test) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => any = None,
                    }
                }
                any?
            }
            // what the crafter always writes
            Test::Not(test) if matches!(&**test, Test::All(tests) if tests.is_empty()) => true,
            Test::Not(test) => !self.test(test)?,
            Test::Over(name) => self.outer_protocol() == Some(*name),
            // There are no octets to look at yet.
            Test::Look(_) => false,
        })
    }
}
