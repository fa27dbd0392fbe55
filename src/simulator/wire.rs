//! A connection that can be made to fail: cut after so many bytes, or reset instead of closed.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The hand on the knife, shared by the connection and whoever answers on it.
#[derive(Debug)]
pub struct FaultyStream {
    left: AtomicUsize,
    reset: AtomicBool,
}

impl Default for FaultyStream {
    fn default() -> Self {
        Self { left: AtomicUsize::new(usize::MAX), reset: AtomicBool::new(false) }
    }
}

impl FaultyStream {
    /// Lets so many more bytes through to the caller, and then none.
    pub fn cut_after(&self, bytes: usize) {
        self.left.store(bytes, Ordering::SeqCst);
    }

    /// Lets nothing more through and ends the connection with a reset.
    pub fn reset(&self) {
        self.cut_after(0);
        self.reset.store(true, Ordering::SeqCst);
    }
}

/// A TCP connection under a [`FaultyStream`].
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    knife: Arc<FaultyStream>,
}

impl Wire {
    /// Puts a connection under a knife.
    pub const fn new(stream: TcpStream, knife: Arc<FaultyStream>) -> Self {
        Self { stream, knife }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.knife.reset.load(Ordering::SeqCst) {
            // Without it the connection is closed in good order, which is failure enough.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let left = self.knife.left.load(Ordering::SeqCst);
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, &buf[..buf.len().min(left)]);
        if let Poll::Ready(Ok(count)) = written
            && left != usize::MAX
        {
            self.knife.left.store(left - count, Ordering::SeqCst);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.knife.reset.load(Ordering::SeqCst) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
