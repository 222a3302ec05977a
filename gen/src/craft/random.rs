//! Random values: drawn anew for each packet, the same ones for the same seed.

use super::value::{Layer, Packet, Random, Value};

/// A generator of random numbers: splitmix64, small and good enough for test traffic.
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// A generator that begins at `seed`.
    pub fn new(seed: u64) -> Rng {
        Rng { state: seed ^ 0x9e37_79b9_7f4a_7c15 }
    }

    /// The next 64 bits.
    pub fn draw_bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `limit`; 0 for a limit of 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { ((u128::from(self.draw_bits()) * u128::from(limit)) >> 64) as u64 }
    }

    fn octets(&mut self, count: u64) -> Vec<u8> {
        (0..count).map(|_| self.draw_bits() as u8).collect()
    }

    /// The value with everything random in it drawn.
    pub fn fix(&mut self, value: &Value) -> Value {
        match value {
            Value::Random(random) => self.draw(random),
            Value::List(values) => Value::List(values.iter().map(|value| self.fix(value)).collect()),
            Value::Tuple(values) => Value::Tuple(values.iter().map(|value| self.fix(value)).collect()),
            Value::Packet(packet) => Value::Packet(self.fix_packet(packet)),
            value => value.clone(),
        }
    }

    fn fix_packet(&mut self, packet: &Packet) -> Packet {
        let fix = |layer: &Layer, rng: &mut Rng| Layer {
            class: layer.class,
            set: layer.set.iter().map(|(name, value)| (*name, rng.fix(value))).collect(),
            verbatim: layer.verbatim.clone(),
            read: layer.read.clone(),
        };
        Packet::new(packet.layers.iter().map(|layer| fix(layer, self)).collect())
    }

    fn draw(&mut self, random: &Random) -> Value {
        match random {
            Random::Int(least, most) => {
                let span = u64::try_from(most.saturating_sub(*least)).unwrap_or(u64::MAX);
                let drawn = if span == u64::MAX { self.draw_bits() } else { self.below(span + 1) };
                Value::Int(least + i128::from(drawn))
            }
            Random::Octets(least, most) => {
                let count = self.between(*least, *most);
                Value::octets(&self.octets(count))
            }
            Random::Letters(least, most) => {
                const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
                let count = self.between(*least, *most);
                let text: String = (0..count)
                    .filter_map(|_| LETTERS.get(self.below(LETTERS.len() as u64) as usize))
                    .map(|letter| char::from(*letter))
                    .collect();
                Value::text(&text)
            }
            Random::Ipv4(first, count) => {
                let address = first.wrapping_add(self.below(*count) as u32);
                Value::text(&std::net::Ipv4Addr::from(address).to_string())
            }
            Random::Ipv6(first, free) => {
                let drawn = u128::from(self.draw_bits()) << 64 | u128::from(self.draw_bits());
                let mask = if *free >= 128 { u128::MAX } else { (1 << free) - 1 };
                Value::text(&std::net::Ipv6Addr::from(first | drawn & mask).to_string())
            }
            Random::Mac(prefix) => {
                let mut octets: Vec<u8> = prefix.iter().copied().take(6).collect();
                while octets.len() < 6 {
                    octets.push(self.draw_bits() as u8);
                }
                Value::octets(&octets)
            }
            Random::Choice(values) => {
                let at = self.below(values.len() as u64) as usize;
                values.get(at).map_or(Value::Auto, |value| self.fix(value))
            }
        }
    }

    fn between(&mut self, least: u32, most: u32) -> u64 {
        u64::from(least) + self.below(u64::from(most.saturating_sub(least)) + 1)
    }
}
