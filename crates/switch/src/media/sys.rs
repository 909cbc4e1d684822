//! The few system calls that the standard library does not offer: batched receive, epoll,
//! eventfd and the limit of open files. The only unsafe code of the media plane.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering, fence},
    },
    time::Duration,
};

use tokio::io::{Interest, unix::AsyncFd};

/// Most packets taken from a socket by one call.
pub const BATCH: usize = 8;

/// Longest packet taken; a longer one is cut, and refused for it.
pub const MAX_PACKET: usize = 1500;

/// Buffers for one batched receive, allocated once.
pub struct Inbox {
    buffers: Box<[[u8; MAX_PACKET]; BATCH]>,
    names: Box<[libc::sockaddr_storage; BATCH]>,
    vectors: Box<[libc::iovec; BATCH]>,
    headers: Box<[libc::mmsghdr; BATCH]>,
    control: Box<[Control; BATCH]>,
}

/// Room for one timestamp beside a packet, aligned as the kernel wants it.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Control([u8; 64]);

/// A packet of the last batch.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrived<'a> {
    /// Where it came from.
    pub source: SocketAddr,
    /// When the kernel took it in, since 1970, if the socket was asked to note it.
    pub at: Option<Duration>,
    /// What it is.
    pub octets: &'a [u8],
}

#[expect(
    unsafe_code,
    reason = "the pointers inside point into the boxes beside them, which move with it and are used by one thread at a time"
)]
// SAFETY: see the reason above; nothing in it refers to thread-local state.
unsafe impl Send for Inbox {}

impl Inbox {
    /// Allocates the buffers.
    #[expect(
        unsafe_code,
        reason = "C structures of plain numbers and pointers are valid when zeroed"
    )]
    pub fn new() -> Self {
        // SAFETY: all-zero bytes are a valid value of these C structures.
        let (names, vectors, headers) = unsafe {
            (
                Box::new(std::mem::zeroed()),
                Box::new(std::mem::zeroed()),
                Box::new(std::mem::zeroed()),
            )
        };
        let buffers = Box::new([[0; MAX_PACKET]; BATCH]);
        let control = Box::new([Control([0; 64]); BATCH]);
        let mut inbox = Self {
            buffers,
            names,
            vectors,
            headers,
            control,
        };
        for index in 0..BATCH {
            inbox.vectors[index] = libc::iovec {
                iov_base: inbox.buffers[index].as_mut_ptr().cast(),
                iov_len: MAX_PACKET,
            };
            let header = &mut inbox.headers[index].msg_hdr;
            header.msg_name = (&raw mut inbox.names[index]).cast();
            header.msg_iov = &raw mut inbox.vectors[index];
            header.msg_iovlen = 1;
            header.msg_control = (&raw mut inbox.control[index]).cast();
        }
        inbox
    }

    /// Takes up to [`BATCH`] waiting packets without blocking; 0 when there is none.
    ///
    /// Fewer than [`BATCH`] means that the socket is empty. An ICMP error of an earlier send
    /// is consumed and reported as no packet.
    #[expect(unsafe_code, reason = "recvmmsg has no safe wrapper")]
    pub fn receive(&mut self, socket: &impl AsRawFd) -> usize {
        for header in self.headers.iter_mut() {
            header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
            header.msg_hdr.msg_controllen = size_of::<Control>();
        }
        // SAFETY: every header points to a name, a vector and a control buffer that live in this
        // structure, and every vector to a buffer, each of the length it says.
        let count = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                self.headers.as_mut_ptr(),
                BATCH as libc::c_uint,
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        usize::try_from(count).unwrap_or(0)
    }

    /// A packet of the last batch; none for one that was too long.
    pub fn packet(&self, index: usize) -> Option<Arrived<'_>> {
        let header = self.headers.get(index)?;
        if header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0 {
            return None;
        }
        let source = address_of(&self.names[index])?;
        let octets = self.buffers[index].get(..header.msg_len as usize)?;
        Some(Arrived {
            source,
            at: self.noted(index),
            octets,
        })
    }

    /// The kernel's note of when a packet came: one control message of a known shape.
    fn noted(&self, index: usize) -> Option<Duration> {
        const HEAD: usize = size_of::<libc::cmsghdr>();
        let filled = self.headers[index].msg_hdr.msg_controllen;
        let octets = self.control[index].0.get(..filled)?;
        let word = |at: usize| Some(i32::from_ne_bytes(octets.get(at..at + 4)?.try_into().ok()?));
        let long = |at: usize| Some(i64::from_ne_bytes(octets.get(at..at + 8)?.try_into().ok()?));
        // A control message begins with its length, its level and its type.
        if (word(8)?, word(12)?) != (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) {
            return None;
        }
        let seconds = u64::try_from(long(HEAD)?).ok()?;
        let nanos = u32::try_from(long(HEAD + 8)?).ok()?;
        Some(Duration::new(seconds, nanos))
    }
}

/// Asks the kernel to note when each packet came, so that our own delays are not taken for those
/// of the network; says whether it does.
#[expect(unsafe_code, reason = "this socket option has no safe wrapper")]
pub fn note_arrivals(socket: &impl AsRawFd) -> bool {
    let on: libc::c_int = 1;
    // SAFETY: the option is a number, which lives over the call.
    unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_TIMESTAMPNS,
            (&raw const on).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        ) == 0
    }
}

/// Reads the address out of what the kernel filled in; IPv4 in IPv6 is shown as IPv4.
#[expect(
    unsafe_code,
    reason = "the family says which structure the kernel wrote"
)]
fn address_of(name: &libc::sockaddr_storage) -> Option<SocketAddr> {
    match libc::c_int::from(name.ss_family) {
        libc::AF_INET => {
            // SAFETY: the storage is large enough and aligned for it, and the family matches.
            let v4 = unsafe { &*(&raw const *name).cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(u32::from_be(v4.sin_addr.s_addr));
            Some(SocketAddrV4::new(ip, u16::from_be(v4.sin_port)).into())
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let v6 = unsafe { &*(&raw const *name).cast::<libc::sockaddr_in6>() };
            let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
            let port = u16::from_be(v6.sin6_port);
            Some(match ip.to_ipv4_mapped() {
                Some(ip) => SocketAddrV4::new(ip, port).into(),
                None => SocketAddrV6::new(ip, port, 0, v6.sin6_scope_id).into(),
            })
        }
        _ => None,
    }
}

/// Readiness of many sockets, edge-triggered: who is told must empty the socket.
pub struct Epoll {
    fd: OwnedFd,
    ready: Box<[libc::epoll_event; 256]>,
}

impl Epoll {
    /// Makes one.
    ///
    /// # Errors
    /// When the process is out of descriptors.
    #[expect(unsafe_code, reason = "epoll has no safe wrapper")]
    pub fn new() -> io::Result<Self> {
        // SAFETY: no pointers; the descriptor is owned from here on.
        let fd = unsafe {
            let raw = libc::epoll_create1(libc::EPOLL_CLOEXEC);
            if raw < 0 {
                return Err(io::Error::last_os_error());
            }
            OwnedFd::from_raw_fd(raw)
        };
        Ok(Self {
            fd,
            ready: Box::new([libc::epoll_event { events: 0, u64: 0 }; 256]),
        })
    }

    /// Tells of input on a descriptor by this key.
    ///
    /// # Errors
    /// When the kernel is out of memory or watches.
    pub fn add(&self, descriptor: &impl AsRawFd, key: u64) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, descriptor.as_raw_fd(), key)
    }

    /// Tells no more of it.
    pub fn remove(&self, descriptor: &impl AsRawFd) {
        // A descriptor that is not watched is what was wanted.
        let _ = self.control(libc::EPOLL_CTL_DEL, descriptor.as_raw_fd(), 0);
    }

    #[expect(unsafe_code, reason = "epoll has no safe wrapper")]
    fn control(&self, operation: libc::c_int, descriptor: RawFd, key: u64) -> io::Result<()> {
        let mut event = libc::epoll_event {
            events: (libc::EPOLLIN | libc::EPOLLET) as u32,
            u64: key,
        };
        // SAFETY: the event lives over the call.
        let result =
            unsafe { libc::epoll_ctl(self.fd.as_raw_fd(), operation, descriptor, &raw mut event) };
        if result < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }

    /// Waits at most so long (`None`: for ever) and says how many are ready.
    #[expect(unsafe_code, reason = "epoll has no safe wrapper")]
    pub fn wait(&mut self, timeout_ms: Option<u16>) -> usize {
        let timeout = timeout_ms.map_or(-1, libc::c_int::from);
        // SAFETY: the kernel writes at most as many events as the array holds.
        let count = unsafe {
            libc::epoll_wait(
                self.fd.as_raw_fd(),
                self.ready.as_mut_ptr(),
                self.ready.len() as libc::c_int,
                timeout,
            )
        };
        usize::try_from(count).unwrap_or(0)
    }

    /// Key of one of the ready.
    pub fn key(&self, index: usize) -> u64 {
        self.ready[index].u64
    }

    /// How many are told of by one call at most.
    pub fn capacity(&self) -> usize {
        self.ready.len()
    }
}

/// A counter in the kernel that wakes who waits for it.
pub struct Wake(OwnedFd);

impl Wake {
    /// Makes one.
    ///
    /// # Errors
    /// When the process is out of descriptors.
    #[expect(unsafe_code, reason = "eventfd has no safe wrapper")]
    pub fn new() -> io::Result<Self> {
        // SAFETY: no pointers; the descriptor is owned from here on.
        unsafe {
            let raw = libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK);
            if raw < 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(Self(OwnedFd::from_raw_fd(raw)))
        }
    }

    /// Wakes; never blocks.
    #[expect(unsafe_code, reason = "write on an eventfd without a File around it")]
    pub fn wake(&self) {
        let one = 1u64.to_ne_bytes();
        // SAFETY: eight readable bytes, as an eventfd wants. It fails only when the counter is
        // full, and then the other side is awake already.
        unsafe { libc::write(self.0.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    }

    /// Forgets that it was woken.
    #[expect(unsafe_code, reason = "read on an eventfd without a File around it")]
    pub fn clear(&self) {
        let mut count = [0u8; 8];
        // SAFETY: eight writable bytes. It fails only when it was not woken.
        unsafe { libc::read(self.0.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
    }
}

/// Time that the calling thread has spent on a processor since it began.
#[expect(unsafe_code, reason = "the thread's clock has no safe wrapper")]
pub fn thread_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the structure lives over the call, which fails only for clocks that don't exist.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Lets a tokio task wait for it; must be called within a runtime.
///
/// # Errors
/// When the runtime cannot watch one more descriptor.
#[expect(
    unsafe_code,
    reason = "tokio wants a promise that the descriptor stays the same and open"
)]
pub fn watch(wake: Arc<Wake>) -> io::Result<AsyncFd<Arc<Wake>>> {
    // SAFETY: the Arc keeps the descriptor open for as long as it is watched, and a Wake never
    // changes its descriptor.
    Ok(unsafe { AsyncFd::register_with_interest(wake, Interest::READABLE) }?)
}

/// Wakes a thread that sleeps, and costs next to nothing while it does not.
pub struct Doorbell {
    wake: Wake,
    sleeping: AtomicBool,
}

impl Doorbell {
    /// Makes one.
    ///
    /// # Errors
    /// When the process is out of descriptors.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            wake: Wake::new()?,
            sleeping: AtomicBool::new(false),
        })
    }

    /// There is something for the thread; to be called after it was put where the thread looks.
    pub fn ring(&self) {
        // Either this sees that the thread sleeps, or the thread sees what was put there: both
        // sides write first, then read.
        fence(Ordering::SeqCst);
        if self.sleeping.swap(false, Ordering::SeqCst) {
            self.wake.wake();
        }
    }

    /// Waits by `wait` for a ring, unless there is something already.
    pub fn sleep(&self, is_something: impl FnOnce() -> bool, wait: impl FnOnce()) {
        self.sleeping.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if !is_something() {
            wait();
        }
        self.sleeping.store(false, Ordering::SeqCst);
    }

    /// Forgets that it rang.
    pub fn clear(&self) {
        self.wake.clear();
    }
}

impl AsRawFd for Doorbell {
    fn as_raw_fd(&self) -> RawFd {
        self.wake.as_raw_fd()
    }
}

impl AsRawFd for Wake {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// Raises the number of files this process may have open to what the system grants, and says
/// how many that are. Two sockets are needed for every leg.
#[expect(unsafe_code, reason = "rlimits have no safe wrapper")]
pub fn raise_open_files() -> u64 {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the structure lives over both calls.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) != 0 {
            return 0;
        }
        let had = limit.rlim_cur;
        limit.rlim_cur = limit.rlim_max;
        if libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) != 0 {
            return had;
        }
    }
    limit.rlim_cur
}

/// Lets the calling thread go before others, where the system permits it; says whether.
///
/// Audio that is late is audio that is lost, while a page or a call set-up can wait a moment.
/// The lowest real-time class is asked for where another core is left for everything else, a
/// better place among equals where not. Threads and programs started from this one don't
/// inherit it.
#[expect(unsafe_code, reason = "scheduling has no safe wrapper")]
pub fn go_first() -> bool {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let priority = libc::sched_param { sched_priority: 1 };
    let class = libc::SCHED_RR | libc::SCHED_RESET_ON_FORK;
    // SAFETY: the structure lives over the call; on Linux 0 is the calling thread alone.
    unsafe {
        (cores > 1 && libc::sched_setscheduler(0, class, &raw const priority) == 0)
            || libc::setpriority(libc::PRIO_PROCESS, 0, -11) == 0
    }
}

#[cfg(test)]
mod tests {
    use std::{net::UdpSocket, sync::atomic::AtomicU64};

    use super::*;

    #[test]
    fn a_batch_carries_every_packet_and_its_source() {
        let to = UdpSocket::bind("127.0.0.1:0").unwrap();
        let from = UdpSocket::bind("127.0.0.2:0").unwrap();
        for text in ["one", "two", "three"] {
            from.send_to(text.as_bytes(), to.local_addr().unwrap())
                .unwrap();
        }
        let mut inbox = Inbox::new();
        assert_eq!(inbox.receive(&to), 3);
        let got: Vec<_> = (0..3)
            .map(|index| inbox.packet(index).unwrap())
            .map(|arrived| (arrived.source, arrived.octets))
            .collect();
        let source = from.local_addr().unwrap();
        assert_eq!(
            got,
            [
                (source, &b"one"[..]),
                (source, &b"two"[..]),
                (source, &b"three"[..])
            ]
        );
        assert_eq!(inbox.receive(&to), 0);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the kernel reads the same clock")]
    fn the_kernel_notes_when_a_packet_came() {
        let to = UdpSocket::bind("127.0.0.1:0").unwrap();
        assert!(note_arrivals(&to));
        let from = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut inbox = Inbox::new();
        let mut ages = Vec::new();
        // The first ones may be noted when they are read: the kernel switches it on at leisure.
        for _ in 0..10 {
            from.send_to(b"x", to.local_addr().unwrap()).unwrap();
            std::thread::sleep(Duration::from_millis(30));
            assert_eq!(inbox.receive(&to), 1);
            let now = std::time::SystemTime::now();
            let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
            ages.push(now.saturating_sub(inbox.packet(0).unwrap().at.unwrap()));
        }
        let last = ages.last().map(Duration::as_millis);
        assert!(
            last.is_some_and(|age| (30..5_000).contains(&age)),
            "{ages:?}"
        );
    }

    #[test]
    fn an_ipv4_sender_to_an_ipv6_socket_is_an_ipv4_address() {
        let Ok(to) = UdpSocket::bind("[::]:0") else {
            return; // A machine without IPv6.
        };
        let from = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = to.local_addr().unwrap().port();
        from.send_to(b"x", ("127.0.0.1", port)).unwrap();
        let mut inbox = Inbox::new();
        assert_eq!(inbox.receive(&to), 1);
        assert_eq!(inbox.packet(0).unwrap().source, from.local_addr().unwrap());
    }

    #[test]
    fn epoll_tells_of_a_wake_once() {
        let mut epoll = Epoll::new().unwrap();
        let wake = Wake::new().unwrap();
        epoll.add(&wake, 7).unwrap();
        assert_eq!(epoll.wait(Some(0)), 0);
        wake.wake();
        assert_eq!(epoll.wait(Some(0)), 1);
        assert_eq!(epoll.key(0), 7);
        wake.clear();
        assert_eq!(epoll.wait(Some(0)), 0);
    }

    /// Whoever puts something in is never left unheard, whenever the other falls asleep.
    #[test]
    fn a_doorbell_loses_no_ring() {
        const RINGS: u64 = 20_000;
        let bell = Arc::new(Doorbell::new().unwrap());
        let put = Arc::new(AtomicU64::new(0));
        let ringer = std::thread::spawn({
            let (bell, put) = (Arc::clone(&bell), Arc::clone(&put));
            move || {
                for _ in 0..RINGS {
                    put.fetch_add(1, Ordering::Release);
                    bell.ring();
                }
            }
        });
        let mut epoll = Epoll::new().unwrap();
        epoll.add(&*bell, 1).unwrap();
        let mut seen = 0;
        while seen < RINGS {
            let is_something = || put.load(Ordering::Acquire) > seen;
            bell.sleep(is_something, || {
                assert_eq!(epoll.wait(Some(5_000)), 1, "woken by no ring");
                bell.clear();
            });
            seen = put.load(Ordering::Acquire);
        }
        ringer.join().unwrap();
    }

    #[test]
    fn the_time_of_a_thread_is_that_of_its_work() {
        let before = thread_time();
        std::thread::sleep(Duration::from_millis(50));
        assert!(thread_time() - before < Duration::from_millis(40));
        while thread_time() - before < Duration::from_millis(2) {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn the_limit_of_open_files_is_known() {
        assert!(raise_open_files() > 64);
    }
}
