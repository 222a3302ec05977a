#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| (nettool_fuzz::targets::frames::TARGET.run)(octets));
