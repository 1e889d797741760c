//! `std::net`.

use offloop::{blocking_io, methods};
use std::io::{self, Read, Write};
use std::net::{
    IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs,
    UdpSocket,
};
use std::sync::Arc;
use std::time::Duration;

#[blocking_io]
fn connect<A: ToSocketAddrs>(addr: A) -> io::Result<TcpStream> {
    TcpStream::connect(addr)
}
#[blocking_io]
fn connect_timeout(addr: &SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
    TcpStream::connect_timeout(addr, timeout)
}
#[blocking_io]
fn listen<A: ToSocketAddrs>(addr: A) -> io::Result<TcpListener> {
    TcpListener::bind(addr)
}
#[blocking_io]
fn bind_udp<A: ToSocketAddrs>(addr: A) -> io::Result<UdpSocket> {
    UdpSocket::bind(addr)
}
// own
#[blocking_io]
fn resolve(host: &str, #[default = 443] port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok((host, port).to_socket_addrs()?.collect())
}
// adapted: the iterator in the result has no name that a call could have
#[blocking_io]
fn to_socket_addrs<A: ToSocketAddrs>(
    addr: A,
) -> io::Result<Box<dyn Iterator<Item = SocketAddr> + Send>>
where
    A::Iter: Send + 'static,
{
    Ok(Box::new(addr.to_socket_addrs()?))
}
// own
#[blocking_io]
fn is_reachable(addr: IpAddr, port: u16, timeout: Option<Duration>) -> bool {
    let timeout = timeout.unwrap_or(Duration::from_secs(1));
    TcpStream::connect_timeout(&SocketAddr::new(addr, port), timeout).is_ok()
}
// adapted: the caller's buffer cannot cross, the stream comes back with the bytes
#[blocking_io]
fn read(mut stream: TcpStream, bytes: usize) -> io::Result<(TcpStream, Vec<u8>)> {
    let mut buffer = vec![0; bytes];
    let count = stream.read(&mut buffer)?;
    buffer.truncate(count);
    Ok((stream, buffer))
}

/// A stream that several may hold.
#[derive(Clone)]
struct Stream(Arc<TcpStream>);

#[methods]
impl Stream {
    // adapted: `&mut self` cannot cross, but a shared stream can be written to
    #[blocking_io]
    fn write_all(&self, buf: &[u8]) -> io::Result<()> {
        (&*self.0).write_all(buf)
    }
    #[blocking_io]
    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.0.shutdown(how)
    }
    #[blocking_io]
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }
    #[blocking_io]
    fn set_read_timeout(&self, dur: Option<Duration>) -> io::Result<()> {
        self.0.set_read_timeout(dur)
    }
    #[blocking_io]
    fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.0.set_nodelay(nodelay)
    }
    #[blocking_io]
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
    #[blocking_io]
    fn try_clone(&self) -> io::Result<TcpStream> {
        self.0.try_clone()
    }
    #[blocking_io]
    fn read_timeout(&self) -> io::Result<Option<Duration>> {
        self.0.read_timeout()
    }
    #[blocking_io]
    fn write_timeout(&self) -> io::Result<Option<Duration>> {
        self.0.write_timeout()
    }
    #[blocking_io]
    fn set_write_timeout(&self, dur: Option<Duration>) -> io::Result<()> {
        self.0.set_write_timeout(dur)
    }
    #[blocking_io]
    fn nodelay(&self) -> io::Result<bool> {
        self.0.nodelay()
    }
    #[blocking_io]
    fn ttl(&self) -> io::Result<u32> {
        self.0.ttl()
    }
    #[blocking_io]
    fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.0.set_ttl(ttl)
    }
    #[blocking_io]
    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        self.0.set_nonblocking(nonblocking)
    }
    #[blocking_io]
    fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.0.take_error()
    }
}

/// A listener that several may hold.
#[derive(Clone)]
struct Listener(Arc<TcpListener>);

#[methods]
impl Listener {
    #[blocking_io]
    fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.0.accept()
    }
    #[blocking_io]
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
    #[blocking_io]
    fn try_clone(&self) -> io::Result<TcpListener> {
        self.0.try_clone()
    }
}

/// A socket that several may hold.
#[derive(Clone)]
struct Socket(Arc<UdpSocket>);

#[methods]
impl Socket {
    #[blocking_io]
    fn send_to<A: ToSocketAddrs>(&self, buf: &[u8], addr: A) -> io::Result<usize> {
        self.0.send_to(buf, addr)
    }
    // adapted: the caller's buffer cannot cross
    #[blocking_io]
    fn recv_from(&self, #[default = 1500] bytes: usize) -> io::Result<(Vec<u8>, SocketAddr)> {
        let mut buffer = vec![0; bytes];
        let (count, from) = self.0.recv_from(&mut buffer)?;
        buffer.truncate(count);
        Ok((buffer, from))
    }
    #[blocking_io]
    fn connect<A: ToSocketAddrs>(&self, addr: A) -> io::Result<()> {
        self.0.connect(addr)
    }
    #[blocking_io]
    fn send(&self, buf: &[u8]) -> io::Result<usize> {
        self.0.send(buf)
    }
    #[blocking_io]
    fn join_multicast_v4(&self, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.0.join_multicast_v4(multiaddr, interface)
    }
    #[blocking_io]
    fn leave_multicast_v4(&self, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.0.leave_multicast_v4(multiaddr, interface)
    }
    #[blocking_io]
    fn set_broadcast(&self, broadcast: bool) -> io::Result<()> {
        self.0.set_broadcast(broadcast)
    }
    #[blocking_io]
    fn broadcast(&self) -> io::Result<bool> {
        self.0.broadcast()
    }
    #[blocking_io]
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
    #[blocking_io]
    fn join_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.0.join_multicast_v6(multiaddr, interface)
    }
}

const HERE: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

#[tokio::test]
async fn bytes_go_over_a_stream() -> io::Result<()> {
    let listener = Listener(Arc::new(listen(HERE).await?));
    let addr = listener.local_addr().await?;
    let accepted = listener.accept().start();
    let stream = Stream(Arc::new(
        connect_timeout(&addr, Duration::from_secs(5)).await?,
    ));
    assert_eq!(stream.peer_addr().await?, addr);
    stream.write_all_builder().buf(*b"hello").await?;
    stream.shutdown(Shutdown::Write).await?;
    let (server, _) = accepted.await?;
    let (_, bytes) = read(server, 100).await?;
    assert_eq!(bytes, b"hello");
    assert_eq!(to_socket_addrs(addr).await?.collect::<Vec<_>>(), [addr]);
    Ok(())
}

#[tokio::test]
async fn packets_go_over_a_socket() -> io::Result<()> {
    let [first, second] = [bind_udp(HERE).await?, bind_udp(HERE).await?]
        .map(Arc::new)
        .map(Socket);
    let addr = second.0.local_addr()?;
    first.send_to(b"packet", addr).await?;
    let (packet, from) = second.recv_from_builder().await?;
    assert_eq!((packet, from), (b"packet".to_vec(), first.0.local_addr()?));
    Ok(())
}
