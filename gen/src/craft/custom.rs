//! What functions of declarations (`Item::Custom`) see of the crafter.

use super::build::Builder;
use super::encode;
use super::error::CraftError;
use super::finish::Length;
use super::value::Value;
use super::variable;
use nettool_dissect::schema::{Build, Endian, Field, Given, Span, Varint};

/// A length of variable size, of MQTT.
const LENGTH: Varint = Varint::Leb128(4);

pub(crate) struct Custom<'b, 'a> {
    pub(crate) builder: &'b mut Builder<'a>,
    pub(crate) fields: &'static [Field],
}

impl Custom<'_, '_> {
    fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Build for Custom<'_, '_> {
    fn layer(&self) -> &str {
        self.builder.class().name
    }

    fn is_given(&self, field: &str) -> bool {
        self.field(field).is_some_and(|field| self.builder.given(field).is_some())
    }

    fn number(&mut self, name: &str) -> u64 {
        let Some(field) = self.field(name) else { return self.builder.known(name).unwrap_or(0) };
        match self.builder.given(field) {
            Some((entry, value)) => {
                self.builder.shapes(entry);
                let shown = self.builder.field_name(entry);
                match encode::number(field, self.builder.class().name, shown, value) {
                    Ok(number) => number,
                    Err(fault) => {
                        self.builder.fail(fault);
                        0
                    }
                }
            }
            None => match self.builder.preset(field) {
                Some(Given::Number(number)) => number,
                _ => field.default,
            },
        }
    }

    fn octets(&mut self, name: &str) -> Option<Vec<u8>> {
        let field = self.field(name)?;
        let (entry, value) = self.builder.given(field)?;
        self.builder.shapes(entry);
        let shown = self.builder.field_name(entry);
        let octets = match value {
            Value::Packet(_) | Value::List(_) => self.builder.value_octets(field, Some(entry), value),
            value => encode::octets(field, self.builder.class().name, shown, value),
        };
        match octets {
            Ok(octets) => Some(octets),
            Err(fault) => {
                self.builder.fail(fault);
                None
            }
        }
    }

    fn is_packet(&self, field: &str) -> bool {
        let given = self.field(field).and_then(|field| self.builder.given(field));
        matches!(given, Some((_, Value::Packet(_))))
    }

    fn is_number(&self, field: &str) -> bool {
        let given = self.field(field).and_then(|field| self.builder.given(field));
        matches!(given, Some((_, Value::Int(_))))
    }

    fn texts(&mut self, name: &str) -> Vec<Vec<u8>> {
        let Some(field) = self.field(name) else { return Vec::new() };
        // the values of an option that was given as a tuple
        let positional = self.builder.take_positional().map(Vec::from);
        let (entry, values): (usize, &[Value]) = match (&positional, self.builder.given(field)) {
            (Some(values), _) => (usize::MAX, values),
            (None, Some((entry, Value::List(values) | Value::Tuple(values)))) => (entry, values),
            (None, Some((entry, value))) => (entry, std::slice::from_ref(value)),
            (None, None) => return Vec::new(),
        };
        self.builder.shapes(entry);
        let mut texts = Vec::new();
        for value in values {
            match value {
                Value::Text(text) => texts.push(text.as_bytes().to_vec()),
                Value::Octets(octets) => texts.push(octets.to_vec()),
                Value::Int(number) => texts.push(number.to_string().into_bytes()),
                value => {
                    let shown = self.builder.field_name(entry);
                    match encode::octets(field, self.builder.class().name, shown, value) {
                        Ok(octets) => texts.push(octets),
                        Err(fault) => self.builder.fail(fault),
                    }
                }
            }
        }
        texts
    }

    fn pairs(&mut self, list: &str, number: &str, octets: &str) -> Vec<(u64, Vec<u8>)> {
        let (Some(list), Some(number), Some(octets)) =
            (self.field(list), self.field(number), self.field(octets))
        else {
            return Vec::new();
        };
        let Some((entry, value)) = self.builder.given(list) else { return Vec::new() };
        self.builder.shapes(entry);
        let layer = self.builder.class().name;
        let shown = self.builder.field_name(entry);
        let one = std::slice::from_ref(value);
        let values = match value {
            Value::List(values) => &**values,
            _ => one,
        };
        let pair = |value: &Value| match value {
            Value::Tuple(pair) | Value::List(pair) if pair.len() == 2 => {
                let (first, second) = (pair.first()?, pair.get(1)?);
                let number = encode::number(number, layer, shown, first);
                Some(number.and_then(|number| Ok((number, encode::octets(octets, layer, shown, second)?))))
            }
            _ => None,
        };
        let mut pairs = Vec::new();
        for value in values {
            let entry = pair(value).unwrap_or_else(|| {
                Err(CraftError::Kind {
                    layer: layer.into(),
                    field: shown.into(),
                    wants: "a list of pairs of a number or name and a value",
                    value: value.kind().into(),
                    near: None,
                })
            });
            match entry {
                Ok(pair) => pairs.push(pair),
                Err(fault) => self.builder.fail(fault),
            }
        }
        pairs
    }

    fn put(&mut self, octets: &[u8]) {
        self.builder.put(octets);
    }

    fn put_field(&mut self, name: &str) {
        if let Some(field) = self.field(name) {
            self.builder.field(field);
        }
    }

    fn put_number(&mut self, name: &str, number: u64) {
        if let Some(field) = self.field(name) {
            self.builder.number_or(field, number);
        }
    }

    fn written(&self) -> usize {
        self.builder.octets_written()
    }

    fn next_protocol(&self) -> Option<&str> {
        self.builder.next_class().map(|class| class.declaration.name)
    }

    fn put_variable_length(&mut self, name: &str) {
        let Some(field) = self.field(name) else { return };
        if self.builder.given(field).is_some() {
            let number = self.number(name);
            return self.builder.put(&LENGTH.octets(number));
        }
        let layer = self.builder.placed.len().saturating_sub(1);
        self.builder.variable.push(variable::Variable {
            layer,
            at: self.builder.at_bit() / 8,
            form: variable::Form::Octets { varint: LENGTH, payload: false },
        });
        self.builder.put(&[0]);
    }

    fn put_payload_digits(&mut self) {
        let layer = self.builder.placed.len().saturating_sub(1);
        self.builder.variable.push(variable::Variable {
            layer,
            at: self.builder.at_bit() / 8,
            form: variable::Form::Digits,
        });
        self.builder.put(b"0");
    }

    fn put_payload_length(&mut self, name: &str) {
        let Some(field) = self.field(name) else { return };
        if self.builder.given(field).is_some() {
            return self.builder.field(field);
        }
        let spot = super::finish::Spot {
            bit: self.builder.at_bit(),
            width: encode::width(field).unwrap_or(16),
            little: field.endian != Endian::Big,
        };
        self.builder.field(field);
        let layer = self.builder.placed.len().saturating_sub(1);
        self.builder.lengths.push(Length {
            layer,
            spot,
            of: Span::Padded,
            unit: 1,
            bias: 0,
            from: spot.end_octet(),
            part_start: 0,
            in_part: false,
            part_end: 0,
            field,
        });
    }
}
