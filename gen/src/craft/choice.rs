//! The values that a field takes one after the other: lists, ranges `(first, last[, step])`, networks, random values.

use super::build::Track;
use super::encode;
use super::error::CraftError;
use super::random::Rng;
use super::value::Value;
use nettool_dissect::schema::{Field, Kind};

/// Values in order.
#[derive(Debug)]
pub(crate) struct Choices {
    runs: Vec<Run>,
    count: u64,
    random: bool,
}

#[derive(Debug)]
enum Run {
    One(Value),
    /// First, step, count.
    Range(i128, i128, u64),
    /// First address and count.
    Ipv4(u32, u64),
    /// First address and count.
    Ipv6(u128, u64),
}

impl Run {
    fn count(&self) -> u64 {
        match self {
            Run::One(_) => 1,
            Run::Range(_, _, count) | Run::Ipv4(_, count) | Run::Ipv6(_, count) => *count,
        }
    }

    fn value(&self, at: u64) -> Value {
        match self {
            Run::One(value) => value.clone(),
            Run::Range(first, step, _) => {
                Value::Int(first.saturating_add(step.saturating_mul(i128::from(at))))
            }
            Run::Ipv4(first, _) => {
                Value::text(&std::net::Ipv4Addr::from(first.wrapping_add(at as u32)).to_string())
            }
            Run::Ipv6(first, _) => {
                Value::text(&std::net::Ipv6Addr::from(first.wrapping_add(u128::from(at))).to_string())
            }
        }
    }
}

impl Choices {
    /// The choices of a value, if it is more than one.
    pub(crate) fn of(fields: &[&'static Field], value: &Value) -> Result<Option<Choices>, CraftError> {
        let mut runs = Vec::new();
        match value {
            // names of flags are taken together
            Value::List(values)
                if values.iter().all(|v| matches!(v, Value::Text(_)))
                    && fields.iter().any(|f| !f.letters.is_empty()) =>
            {
                return Ok(None);
            }
            Value::List(values) => {
                for value in values.iter() {
                    push(fields, value, &mut runs)?;
                }
            }
            value => {
                push(fields, value, &mut runs)?;
                if let ([Run::One(_)], false) = (runs.as_slice(), has_random(value)) {
                    return Ok(None);
                }
            }
        }
        let count = runs
            .iter()
            .try_fold(0_u64, |sum, run| sum.checked_add(run.count()))
            .ok_or(CraftError::TooMany)?;
        let random = has_random(value);
        Ok(Some(Choices { runs, count, random }))
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn is_random(&self) -> bool {
        self.random
    }

    fn run(&self, mut at: u64) -> Option<(&Run, u64)> {
        for run in &self.runs {
            let count = run.count();
            if at < count {
                return Some((run, at));
            }
            at -= count;
        }
        None
    }

    /// The value at an index, random values drawn.
    pub(crate) fn value(&self, at: u64, rng: &mut Rng) -> Value {
        let value = self.run(at).map_or(Value::Auto, |(run, at)| run.value(at));
        if self.random { rng.fix(&value) } else { value }
    }

    /// The wire value at an index, for a place that was found when the packet was built.
    #[inline]
    pub(crate) fn wire(&self, at: u64, rng: &mut Rng, track: &Track) -> Result<u128, CraftError> {
        match self.run(at) {
            Some((Run::Range(first, step, _), at))
                if track.field.fraction == 0
                    && track.field.kind != Kind::NtpTime
                    && !track.field.kind.is_float() =>
            {
                let number = first + step * i128::from(at);
                if track.spot.width < 64 && (number < 0 || number >> track.spot.width != 0) {
                    return encode::number(track.field, "", track.field.name, &Value::Int(number))
                        .map(u128::from);
                }
                Ok(number as u128)
            }
            Some((Run::Ipv4(first, _), at)) => Ok(u128::from(first.wrapping_add(at as u32))),
            Some((Run::Ipv6(first, _), at)) => Ok(first.wrapping_add(u128::from(at))),
            Some((run, at)) => {
                let value = run.value(at);
                let value = if self.random { rng.fix(&value) } else { value };
                if track.spot.width == 128 || !encode::is_number(track.field) {
                    let octets = encode::octets(track.field, "", track.field.name, &value)?;
                    return Ok(octets.iter().fold(0, |number, octet| number << 8 | u128::from(*octet)));
                }
                encode::number(track.field, "", track.field.name, &value).map(u128::from)
            }
            None => Ok(0),
        }
    }
}

/// Whether a value, or one within it, is drawn.
pub(crate) fn has_random(value: &Value) -> bool {
    match value {
        Value::Random(_) => true,
        Value::List(values) | Value::Tuple(values) => values.iter().any(has_random),
        Value::Packet(packet) => {
            packet.layers.iter().any(|layer| layer.set.iter().any(|(_, value)| has_random(value)))
        }
        _ => false,
    }
}

fn push(fields: &[&'static Field], value: &Value, runs: &mut Vec<Run>) -> Result<(), CraftError> {
    let of_kind = |kind| fields.iter().any(|field| field.kind == kind || field.reads == Some(kind));
    match value {
        Value::Tuple(values) => match range(values) {
            Some(run) => runs.push(run),
            None => runs.push(Run::One(value.clone())),
        },
        Value::Text(text) if of_kind(Kind::Ipv4) && encode::network4(text).is_some() => {
            let (first, count) = encode::network4(text).unwrap_or((0, 0));
            runs.push(Run::Ipv4(first, count));
        }
        Value::Text(text) if of_kind(Kind::Ipv6) && encode::network6(text).is_some() => {
            let (first, free) = encode::network6(text).unwrap_or((0, 0));
            let count =
                1_u64.checked_shl(u32::from(free)).filter(|count| *count > 0).ok_or(CraftError::TooMany)?;
            runs.push(Run::Ipv6(first, count));
        }
        Value::Text(text) if of_kind(Kind::Ipv4) && encode::span4(text).is_some() => {
            let (first, count) = encode::span4(text).unwrap_or((0, 0));
            runs.push(Run::Ipv4(first, count));
        }
        Value::Text(text) if of_kind(Kind::Ipv6) && encode::span6(text).is_some() => {
            let (first, count) = encode::span6(text).unwrap_or((0, 0));
            runs.push(Run::Ipv6(first, count));
        }
        Value::List(values) => {
            for value in values.iter() {
                push(fields, value, runs)?;
            }
        }
        value => runs.push(Run::One(value.clone())),
    }
    Ok(())
}

/// First and last number of a range; within that `None` where it is empty.
pub(crate) fn ends(values: &[Value]) -> Option<Option<[i128; 2]>> {
    let Run::Range(first, step, count) = range(values)? else { return None };
    let last = || first.saturating_add(step.saturating_mul(i128::from(count - 1)));
    Some((count > 0).then(|| [first, last()]))
}

/// `(first, last[, step])`, the last included.
fn range(values: &[Value]) -> Option<Run> {
    let numbers: Vec<i128> = values
        .iter()
        .map(|value| if let Value::Int(number) = value { Some(*number) } else { None })
        .collect::<Option<_>>()?;
    let (first, last, step) = match numbers.as_slice() {
        [first, last] => (*first, *last, 1),
        [first, last, step] if *step != 0 => (*first, *last, *step),
        _ => return None,
    };
    // Python's range(first, last + 1, step)
    let stop = last + 1;
    let span = if step > 0 { stop - first } else { first - stop };
    let count = if span <= 0 { 0 } else { (span + step.abs() - 1) / step.abs() };
    Some(Run::Range(first, step, u64::try_from(count).unwrap_or(u64::MAX)))
}
