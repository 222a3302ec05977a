#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| (nettool_fuzz::targets::joined::TARGET.run)(octets));
