//! Giving privileges up once the sockets are open: another user, and no capabilities.

use super::error::Error;
use std::ffi::CString;
use std::io;

/// A user to become: numbers and name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    name: CString,
    uid: libc::uid_t,
    gid: libc::gid_t,
}

/// Most octets of a passwd entry.
const MOST_ENTRY: usize = 64 << 10;

impl User {
    /// The user of that name in the system's database (`getpwnam_r`).
    ///
    /// # Errors
    /// [`Error::NoUser`] when there is none.
    pub fn named(name: &str) -> Result<User, Error> {
        let none = || Error::NoUser(name.to_owned());
        let name = CString::new(name).map_err(|_| none())?;
        // SAFETY: an all-zero entry is a valid place for `getpwnam_r` to write.
        let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
        let mut text = vec![0; MOST_ENTRY];
        let mut found = std::ptr::null_mut();
        let (buffer, length) = (text.as_mut_ptr(), text.len());
        // SAFETY: the name ends with 0; entry, text (for its length) and result are writable.
        let asked = unsafe { libc::getpwnam_r(name.as_ptr(), &mut entry, buffer, length, &mut found) };
        if asked != 0 || found.is_null() {
            return Err(none());
        }
        Ok(User { name, uid: entry.pw_uid, gid: entry.pw_gid })
    }

    /// Becomes this user for good, with its groups and without capabilities. To be called before threads are started.
    ///
    /// # Errors
    /// The error of the call that was refused; the process must then not go on.
    pub fn become_for_good(&self) -> Result<(), Error> {
        let check = |call, result: libc::c_int| match result {
            0 => Ok(()),
            _ => Err(Error::call(
                call,
                &self.name.to_string_lossy(),
                &io::Error::last_os_error(),
                "run as root",
            )),
        };
        // SAFETY: the name ends with 0.
        check("initgroups", unsafe { libc::initgroups(self.name.as_ptr(), self.gid) })?;
        // SAFETY: takes no pointers.
        check("setresgid", unsafe { libc::setresgid(self.gid, self.gid, self.gid) })?;
        // SAFETY: takes no pointers.
        check("setresuid", unsafe { libc::setresuid(self.uid, self.uid, self.uid) })?;
        drop_capabilities()
    }
}

/// `struct __user_cap_header_struct` (linux/capability.h).
#[repr(C)]
struct CapabilityHeader {
    version: u32,
    pid: i32,
}

/// Gives up every capability of this thread and those that it starts, and the right to gain any by running programs.
///
/// # Errors
/// The error of the call that was refused.
pub fn drop_capabilities() -> Result<(), Error> {
    /// `_LINUX_CAPABILITY_VERSION_3`.
    const VERSION: u32 = 0x2008_0522;
    let header = CapabilityHeader { version: VERSION, pid: 0 };
    // Effective, permitted and inheritable, each twice 32 bits.
    let none = [0u32; 6];
    let check = |call, result: libc::c_long| match result {
        0 => Ok(()),
        _ => Err(Error::call(call, "this process", &io::Error::last_os_error(), "")),
    };
    // SAFETY: header and the two data structures behind `none` are readable.
    check("capset", unsafe { libc::syscall(libc::SYS_capset, &raw const header, none.as_ptr()) })?;
    // SAFETY: takes no pointers.
    check("prctl PR_SET_NO_NEW_PRIVS", unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }.into())
}

/// Sets the nice value of this thread and those that it starts from now on (-20 to 19; lower runs sooner).
///
/// # Errors
/// `EACCES` or `EPERM` when a lower value than permitted is asked for, which needs CAP_SYS_NICE.
pub fn set_nice(nice: i32) -> Result<(), Error> {
    // SAFETY: takes no pointers. On Linux 0 is the calling thread.
    match unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, nice) } {
        0 => Ok(()),
        _ => Err(Error::Call {
            call: "setpriority",
            interface: "this process".to_owned(),
            errno: io::Error::last_os_error().raw_os_error().unwrap_or_default(),
            mend: "it needs CAP_SYS_NICE; leave out --nice",
        }),
    }
}

/// Gives another process of this user the lowest priority; what cannot be had is left.
pub fn lower_priority(process: u32) {
    // SAFETY: takes no pointers, and changes nothing in this process.
    let _ = unsafe { libc::setpriority(libc::PRIO_PROCESS, process, 19) };
}

/// Whether the process runs as root.
pub fn is_root() -> bool {
    // SAFETY: takes no arguments and cannot fail.
    unsafe { libc::geteuid() == 0 }
}
