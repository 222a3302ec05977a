//! What a ClientHello says at a glance: the server's name, and the JA4 fingerprint (FoxIO, JA4 technical details).

use super::super::octets::Octets;
use super::grease;
use crate::render::put;
use sha2::{Digest, Sha256};

/// What fingerprints are made of.
#[derive(Default)]
pub(super) struct Hello<'a> {
    /// The highest version that is supported.
    version: u16,
    /// The version in the hello itself.
    pub(super) own_version: u16,
    pub(super) ciphers: Vec<u16>,
    pub(super) extensions: Vec<u16>,
    pub(super) groups: Vec<u16>,
    pub(super) points: &'a [u8],
    signatures: Vec<u16>,
    server_name: Option<&'a [u8]>,
    protocol: Option<&'a [u8]>,
    named: bool,
}

fn numbers(octets: &[u8]) -> impl Iterator<Item = u16> {
    octets
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_be_bytes(*pair))
        .filter(|n| grease(u64::from(*n)).is_none())
}

/// Reads as far as the octets go: a hello may go on in the next segment.
pub(super) fn read(body: &[u8]) -> Option<Hello<'_>> {
    let mut octets = Octets::new(body);
    let version = octets.u16()?;
    let mut hello = Hello { version, own_version: version, ..Hello::default() };
    octets.take(32)?;
    let session = octets.u8()?;
    octets.take(usize::from(session))?;
    let suites = octets.u16()?;
    hello.ciphers = numbers(octets.take(usize::from(suites))?).collect();
    let methods = octets.u8()?;
    octets.take(usize::from(methods))?;
    octets.u16();
    while let (Some(kind), Some(len)) = (octets.u16(), octets.u16()) {
        let data = octets.take_up_to(usize::from(len));
        if grease(u64::from(kind)).is_some() {
            continue;
        }
        hello.extensions.push(kind);
        let mut inner = Octets::new(data);
        match kind {
            0 => {
                hello.named = true;
                inner.u16();
                inner.u8();
                let len = inner.u16().unwrap_or(0);
                hello.server_name = Some(inner.take_up_to(usize::from(len)));
            }
            10 => {
                inner.u16();
                hello.groups = numbers(inner.left()).collect();
            }
            11 => {
                inner.u8();
                hello.points = inner.left();
            }
            13 => {
                inner.u16();
                hello.signatures = numbers(inner.left()).collect();
            }
            16 => {
                inner.u16();
                let len = inner.u8().unwrap_or(0);
                hello.protocol = Some(inner.take_up_to(usize::from(len)));
            }
            43 => {
                inner.u8();
                hello.version = numbers(inner.left()).max().unwrap_or(hello.version);
            }
            _ => {}
        }
    }
    Some(hello)
}

/// The first server name of a ClientHello's body.
pub(super) fn server_name(body: &[u8]) -> Option<&[u8]> {
    read(body)?.server_name.filter(|name| !name.is_empty())
}

/// Writes the fingerprint of a hello over `t` (TCP) or `q` (QUIC), hashed or with its parts readable.
pub(super) fn write(over: u8, body: &[u8], readable: bool, out: &mut Vec<u8>) {
    let Some(mut hello) = read(body) else { return };
    out.push(over);
    out.extend_from_slice(match hello.version {
        0x0304 => b"13",
        0x0303 => b"12",
        0x0302 => b"11",
        0x0301 => b"10",
        0x0300 => b"s3",
        0x0002 => b"s2",
        _ => b"00",
    });
    out.push(if hello.named { b'd' } else { b'i' });
    put::two(out, hello.ciphers.len().min(99) as u64);
    put::two(out, hello.extensions.len().min(99) as u64);
    match hello.protocol {
        Some([first, .., last] | [first @ last]) => {
            if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
                out.extend_from_slice(&[*first, *last]);
            } else {
                let digit = |nibble: u8| {
                    if nibble < 10 {
                        b'0'.wrapping_add(nibble)
                    } else {
                        b'a'.wrapping_add(nibble.wrapping_sub(10))
                    }
                };
                out.extend_from_slice(&[digit(first >> 4), digit(last & 15)]);
            }
        }
        _ => out.extend_from_slice(b"00"),
    }
    hello.ciphers.sort_unstable();
    hello.extensions.sort_unstable();
    hello.extensions.retain(|kind| !matches!(kind, 0 | 16));
    let mut second = Vec::new();
    join(&hello.ciphers, &mut second);
    let mut third = Vec::new();
    join(&hello.extensions, &mut third);
    if !hello.signatures.is_empty() {
        third.push(b'_');
        join(&hello.signatures, &mut third);
    }
    for part in [second, third] {
        out.push(b'_');
        if readable {
            out.extend_from_slice(&part);
        } else if part.is_empty() {
            out.extend_from_slice(b"000000000000");
        } else {
            put::hex_octets(out, Sha256::digest(&part).get(..6).unwrap_or_default(), None);
        }
    }
}

fn join(numbers: &[u16], out: &mut Vec<u8>) {
    for (at, number) in numbers.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        put::hex_octets(out, &number.to_be_bytes(), None);
    }
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn fingerprint_of_the_published_example() {
        // The hello of FoxIO's worked example: its lists, in another order, with GREASE.
        let ciphers = "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035";
        let kinds = "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015";
        let signatures = "0403,0804,0401,0503,0805,0501,0806,0601";
        let number = |text: &str| u16::from_str_radix(text, 16).unwrap();
        let pack = |list: &str| list.split(',').flat_map(|n| number(n).to_be_bytes()).collect::<Vec<u8>>();
        let mut body = vec![3, 3];
        body.extend([0; 33]);
        let mut suites = vec![0x1a, 0x1a];
        suites.extend(pack(ciphers));
        body.extend((suites.len() as u16).to_be_bytes());
        body.extend(suites);
        body.extend([1, 0, 0, 0]);
        for kind in kinds.split(',') {
            let data = match kind {
                "0000" => vec![0, 5, 0, 0, 2, b'a', b'b'],
                "0010" => vec![0, 3, 2, b'h', b'2'],
                "002b" => vec![6, 0x2a, 0x2a, 3, 4, 3, 3],
                "000d" => [vec![0, 16], pack(signatures)].concat(),
                _ => vec![],
            };
            body.extend(number(kind).to_be_bytes());
            body.extend((data.len() as u16).to_be_bytes());
            body.extend(data);
        }
        let mut out = Vec::new();
        write(b't', &body, false, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "t13d1516h2_8daaf6152771_e5627efa2ab1");
    }
}
