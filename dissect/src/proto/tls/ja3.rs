//! JA3 and JA3S: versions, suites, extensions, groups and point formats of hellos as decimal numbers, and their MD5.

use super::super::octets::Octets;
use super::ja4;
use crate::render::put;
use md5::{Digest, Md5};

/// Of a ClientHello's body.
pub(super) fn client(body: &[u8], hashed: bool, out: &mut Vec<u8>) {
    let Some(hello) = ja4::read(body) else { return };
    let mut text = Vec::new();
    put::decimal(&mut text, u64::from(hello.own_version));
    for list in [&hello.ciphers, &hello.extensions, &hello.groups] {
        text.push(b',');
        join(list.iter().copied(), &mut text);
    }
    text.push(b',');
    join(hello.points.iter().map(|point| u16::from(*point)), &mut text);
    finish(text, hashed, out);
}

/// Of a ServerHello's body.
pub(super) fn server(body: &[u8], hashed: bool, out: &mut Vec<u8>) {
    let mut octets = Octets::new(body);
    let mut head = || {
        let version = octets.u16()?;
        octets.take(32)?;
        let session = octets.u8()?;
        octets.take(usize::from(session))?;
        let cipher = octets.u16()?;
        octets.u8()?;
        octets.u16();
        Some((version, cipher))
    };
    let Some((version, cipher)) = head() else { return };
    let mut extensions = Vec::new();
    while let (Some(kind), Some(len)) = (octets.u16(), octets.u16()) {
        octets.take_up_to(usize::from(len));
        extensions.push(kind);
    }
    let mut text = Vec::new();
    put::decimal(&mut text, u64::from(version));
    text.push(b',');
    put::decimal(&mut text, u64::from(cipher));
    text.push(b',');
    join(extensions.into_iter(), &mut text);
    finish(text, hashed, out);
}

fn join(numbers: impl Iterator<Item = u16>, out: &mut Vec<u8>) {
    for (at, number) in numbers.enumerate() {
        if at > 0 {
            out.push(b'-');
        }
        put::decimal(out, u64::from(number));
    }
}

fn finish(text: Vec<u8>, hashed: bool, out: &mut Vec<u8>) {
    if hashed {
        put::hex_octets(out, &Md5::digest(&text), None);
    } else {
        out.extend_from_slice(&text);
    }
}
