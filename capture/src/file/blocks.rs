//! Blocks of the file system for what is about to be written, taken beforehand.
//!
//! ext4 chooses blocks when pages go to the disk, and until then keeps account of each page that has none. Of a file that was
//! cut to nothing before (`> FILE`) it makes up for that when the file is closed: all of it starts its way to the disk before
//! `close` returns, and who empties the file next waits until it is there. Of 220 MB that is a fifth of a second. Blocks
//! that are there already cost one call for each large write. What ext4 has noted to do at the next `close` it forgets at
//! any `close` of the file: one before the first octet finds nothing to do.

use rustix::fs::{FallocateFlags, FileType, OFlags, SeekFrom};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// Writes of fewer octets take their blocks as they always did.
const WORTH_A_CALL: usize = 64 << 10;

/// `f_type` of ext4 (and of ext2 and ext3, which say that they cannot do this).
const EXT4: u64 = 0xef53;

/// Takes blocks for one file, if that is worth something there.
#[derive(Debug)]
pub struct Blocks {
    /// False when the file is none of ext4, or has said no.
    wanted: bool,
    /// Each write goes to the end of the file, wherever it stands.
    appends: bool,
    /// Whether it is a file at all.
    regular: bool,
}

impl Blocks {
    /// Looks at what `file` is.
    pub fn of(file: impl AsFd) -> Blocks {
        let file = file.as_fd();
        let regular = rustix::fs::fstat(file)
            .is_ok_and(|about| FileType::from_raw_mode(about.st_mode) == FileType::RegularFile);
        let wanted = regular && rustix::fs::fstatfs(file).is_ok_and(|about| about.f_type as u64 == EXT4);
        if wanted {
            // Of no use where it cannot be opened, and without harm.
            drop(std::fs::File::open(format!("/proc/self/fd/{}", file.as_raw_fd())));
        }
        let appends = rustix::fs::fcntl_getfl(file).is_ok_and(|flags| flags.contains(OFlags::APPEND));
        Blocks { wanted, appends, regular }
    }

    /// Whether it is a regular file, of whatever file system.
    pub fn are_of_a_file(&self) -> bool {
        self.regular
    }

    /// Takes blocks for the next `len` octets that are written. The file does not get longer by that; what is refused is
    /// found out by the write itself.
    pub fn ahead(&mut self, file: impl AsFd, len: usize) {
        if self.wanted && len >= WORTH_A_CALL {
            self.wanted = self.take(file.as_fd(), len).is_ok();
        }
    }

    fn take(&self, file: BorrowedFd<'_>, len: usize) -> rustix::io::Result<()> {
        let place = match self.appends {
            true => u64::try_from(rustix::fs::fstat(file)?.st_size).unwrap_or(0),
            false => rustix::fs::seek(file, SeekFrom::Current(0))?,
        };
        rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, place, len as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};
    use std::os::unix::fs::MetadataExt;

    /// A directory beside the program, which lies on a disk more often than /tmp does.
    fn directory() -> tempfile::TempDir {
        let program = std::env::current_exe().expect("a path");
        tempfile::tempdir_in(program.parent().expect("a directory")).expect("a directory")
    }

    #[test]
    fn a_file_has_the_octets_that_were_written_and_no_block_more() {
        let directory = directory();
        for append in [false, true] {
            let path = directory.path().join("x");
            std::fs::write(&path, b"before").expect("room");
            let mut file = std::fs::File::options().write(true).append(append).open(&path).expect("there");
            let mut blocks = Blocks::of(&file);
            let text = vec![b'x'; WORTH_A_CALL + 5];
            for _ in 0..3 {
                blocks.ahead(&file, text.len());
                file.write_all(&text).expect("room");
            }
            let want = text.len() * 3 + if append { 6 } else { 0 };
            let about = file.metadata().expect("there");
            assert_eq!(about.len(), want as u64);
            assert!(about.blocks() * 512 <= (want as u64).next_multiple_of(4096) + 8192, "{about:?}");
            assert_eq!(file.stream_position().expect("a place"), want as u64);
        }
    }

    #[test]
    fn what_is_no_file_on_a_disk_is_left_alone() {
        let (_reader, writer) = std::io::pipe().expect("a pipe");
        let mut blocks = Blocks::of(&writer);
        assert!(!blocks.wanted && !blocks.are_of_a_file());
        blocks.ahead(&writer, 1 << 20);
        let full = std::fs::File::options().write(true).open("/dev/full").expect("there");
        assert!(!Blocks::of(&full).wanted);
    }
}
