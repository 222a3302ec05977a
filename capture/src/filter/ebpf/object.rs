//! A program as an object file (ELF, `EM_BPF`) that libbpf loads: `ip link set … xdp obj`, `tc filter … bpf obj`,
//! `bpftool prog load`.
//!
//! It holds the instructions in the section that names the kind of program, a symbol `nettool_filter`, and the licence.

use super::Target;
use super::insn::{Insn, octets};

const NAME: &str = "nettool_filter";
const LICENSE: &[u8] = b"Dual MIT/GPL\0";
const HEADER: usize = 64;
const SECTION_HEADER: usize = 64;

/// A section: name, kind, flags, content, link, info, alignment, size of an entry.
struct Section {
    name: &'static str,
    kind: u32,
    flags: u64,
    content: Vec<u8>,
    link: u32,
    info: u32,
    align: u64,
    entry: u64,
}

/// The object file.
pub fn object(program: &[Insn], target: Target) -> Vec<u8> {
    const PROGRAM_BITS: u32 = 1;
    const SYMBOLS: u32 = 2;
    const STRINGS: u32 = 3;
    const WRITE: u64 = 1;
    const ALLOCATE: u64 = 2;
    const EXECUTE: u64 = 4;
    let section = |name, kind, flags, content| Section {
        name,
        kind,
        flags,
        content,
        link: 0,
        info: 0,
        align: 1,
        entry: 0,
    };
    let code = octets(program);
    let symbols = symbols(code.len());
    let strings = [b"\0", NAME.as_bytes(), b"\0"].concat();
    let mut sections = vec![
        Section { align: 8, ..section(target.section(), PROGRAM_BITS, ALLOCATE | EXECUTE, code) },
        section("license", PROGRAM_BITS, ALLOCATE | WRITE, LICENSE.to_vec()),
        // Names of symbols are in section 4; the first symbol of other files is number 1.
        Section { link: 4, info: 1, align: 8, entry: 24, ..section(".symtab", SYMBOLS, 0, symbols) },
        section(".strtab", STRINGS, 0, strings),
    ];
    let mut names = vec![0u8];
    let mut name_at = Vec::new();
    for name in sections.iter().map(|section| section.name).chain([".shstrtab"]) {
        name_at.push(names.len() as u32);
        names.extend_from_slice(name.as_bytes());
        names.push(0);
    }
    sections.push(section(".shstrtab", STRINGS, 0, names));
    lay_out(&sections, &name_at)
}

/// The symbol table: the empty one, and the program as a function in section 1.
fn symbols(size: usize) -> Vec<u8> {
    const GLOBAL_FUNCTION: u8 = 1 << 4 | 2;
    let mut out = vec![0u8; 24];
    out.extend(1u32.to_ne_bytes());
    out.extend([GLOBAL_FUNCTION, 0]);
    out.extend(1u16.to_ne_bytes());
    out.extend(0u64.to_ne_bytes());
    out.extend((size as u64).to_ne_bytes());
    out
}

fn lay_out(sections: &[Section], name_at: &[u32]) -> Vec<u8> {
    const CLASS_64: u8 = 2;
    const RELOCATABLE: u16 = 1;
    const EM_BPF: u16 = 247;
    let order = if cfg!(target_endian = "little") { 1 } else { 2 };
    let mut body = Vec::new();
    let mut headers = vec![0u8; SECTION_HEADER];
    for (section, name) in sections.iter().zip(name_at) {
        body.resize((body.len() as u64).next_multiple_of(section.align) as usize, 0);
        let at = (HEADER + body.len()) as u64;
        body.extend_from_slice(&section.content);
        headers.extend(name.to_ne_bytes());
        headers.extend(section.kind.to_ne_bytes());
        for word in [section.flags, 0, at, section.content.len() as u64] {
            headers.extend(word.to_ne_bytes());
        }
        headers.extend(section.link.to_ne_bytes());
        headers.extend(section.info.to_ne_bytes());
        headers.extend(section.align.to_ne_bytes());
        headers.extend(section.entry.to_ne_bytes());
    }
    body.resize(body.len().next_multiple_of(8), 0);
    let count = sections.len() as u16 + 1;
    let mut out = vec![0x7f, b'E', b'L', b'F', CLASS_64, order, 1];
    out.resize(16, 0);
    out.extend(RELOCATABLE.to_ne_bytes());
    out.extend(EM_BPF.to_ne_bytes());
    out.extend(1u32.to_ne_bytes());
    for word in [0, 0, (HEADER + body.len()) as u64] {
        out.extend(u64::to_ne_bytes(word));
    }
    out.extend(0u32.to_ne_bytes());
    for half in [HEADER as u16, 0, 0, SECTION_HEADER as u16, count, count - 1] {
        out.extend(half.to_ne_bytes());
    }
    out.extend(body);
    out.extend(headers);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_names_the_kind_of_program_and_holds_its_instructions() {
        let program = [Insn::alu(super::super::insn::code::MOV, 0, 2), Insn::exit()];
        let file = object(&program, Target::Xdp);
        assert_eq!(file[..4], *b"\x7fELF");
        assert_eq!(file[HEADER..HEADER + 16], octets(&program)[..]);
        let text = String::from_utf8_lossy(&file);
        assert!(text.contains("\0xdp\0") && text.contains("nettool_filter\0") && text.contains("license\0"));
        let headers = u64::from_ne_bytes(*file[40..].first_chunk().unwrap()) as usize;
        assert_eq!(file.len(), headers + 6 * SECTION_HEADER);
    }
}
