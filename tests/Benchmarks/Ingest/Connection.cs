using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// One connection of the generator. Reads on the socket engine's own thread and answers each acknowledgement at once with the next publish,
/// if there is one; all publishes that can go out together go out in one write.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int SourceAddresses = 16;

    private readonly Swarm _swarm;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly TaskCompletionSource<int> _signedIn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<(int Device, long Due)> _late = new();
    private readonly Lock _gate = new();
    private readonly byte[] _in,
        _out;
    private readonly long[] _due;
    private readonly ushort[] _ids;
    private int _held,
        _waiting,
        _free;
    private bool _ended;

    public Connection(Swarm swarm, int number, int window)
    {
        (_swarm, Number) = (swarm, number);
        _in = GC.AllocateUninitializedArray<byte>(window > 1 ? 8192 : 256, pinned: true);
        _out = new byte[Math.Min(window, 64) * swarm.Beat.Length];
        _due = new long[window + 1];
        _ids = new ushort[window];
        for (var id = window; id >= 1; id--)
            _ids[_free++] = (ushort)id;
        _receive.SetBuffer(_in, 0, _in.Length);
        _receive.Completed += (_, _) => Listen();
    }

    public int Number { get; }

    /// <summary>Which of its devices speaks next; counted by the swarm.</summary>
    public int Turn { get; set; }

    public int InFlight
    {
        get
        {
            lock (_gate)
                return _ended ? 0 : _due.Length - 1 - _free + _late.Count;
        }
    }

    /// <summary>Connects and signs in; returns how many publishes it may have in flight.</summary>
    public async Task<int> OpenAsync(IPEndPoint broker, string id, string secret, ushort keepAliveSeconds)
    {
        // From several addresses of this machine: no single one has ports for all.
        _socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + Number % SourceAddresses)]), 0));
        await _socket.ConnectAsync(broker);
        _socket.Send(Wire.SignIn(id, secret, keepAliveSeconds));
        if (!_socket.ReceiveAsync(_receive))
            ThreadPool.UnsafeQueueUserWorkItem(_ => Listen(), null);
        return await _signedIn.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Takes whatever there is to publish, as far as the window goes.</summary>
    public void Fill()
    {
        lock (_gate)
            Refill();
    }

    /// <summary>Takes a beat that is due; it goes out with <see cref="Flush"/>, or waits for its turn in the window.</summary>
    public void Take(int device, long due)
    {
        lock (_gate)
        {
            if (_free == 0 || _late.Count > 0)
                _late.Enqueue((device, due));
            else
                Put(device, due);
        }
    }

    public void Flush()
    {
        lock (_gate)
            Send();
    }

    private void Listen()
    {
        do
        {
            if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
            {
                End("The connection ended.");
                return;
            }

            lock (_gate)
            {
                _held += _receive.BytesTransferred;
                var now = Stopwatch.GetTimestamp();
                var taken = 0;
                while (Wire.TryReadPacket(_in.AsSpan(taken, _held - taken), out var kind, out var body, out var bytes))
                {
                    Take(kind, body, now);
                    taken += bytes;
                }

                _in.AsSpan(taken, _held - taken).CopyTo(_in);
                _held -= taken;
                Refill();
                if (_ended)
                    return;
            }

            _receive.SetBuffer(_held, _in.Length - _held);
        } while (!ReceiveAsync());
    }

    private bool ReceiveAsync()
    {
        try
        {
            return _socket.ReceiveAsync(_receive);
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private void Take(byte kind, ReadOnlySpan<byte> body, long now)
    {
        switch (kind)
        {
            case Wire.Acknowledgement:
                var id = BinaryPrimitives.ReadUInt16BigEndian(body);
                _ids[_free++] = id;
                _swarm.Answered(now - _due[id], _due[id], isSuccess: body.Length < 3 || body[2] is 0 or Wire.NoSubscriber);
                break;
            case Wire.SignInAnswer when body[1] == 0:
                _signedIn.TrySetResult(Wire.ReceiveMaximum(body));
                break;
            case Wire.SignInAnswer:
                End($"The sign-in was refused: 0x{body[1]:x2}.");
                break;
            case Wire.Farewell:
                End($"The broker ended the session: 0x{(body.Length > 0 ? body[0] : 0):x2}.");
                break;
        }
    }

    private void Refill()
    {
        while (!_ended && _free > 0)
        {
            if (_late.TryDequeue(out var late))
                Put(late.Device, late.Due);
            else if (_swarm.TryNext(this, out var device))
                Put(device, Stopwatch.GetTimestamp());
            else
                break;
        }

        Send();
    }

    private void Put(int device, long due)
    {
        if (_waiting + _swarm.Beat.Length > _out.Length)
            Send();
        var id = _ids[--_free];
        _due[id] = due;
        _swarm.Write(_out.AsSpan(_waiting), device, id);
        _waiting += _swarm.Beat.Length;
    }

    private void Send()
    {
        if (_waiting == 0 || _ended)
            return;
        try
        {
            _socket.Send(_out.AsSpan(0, _waiting)); // Never waits: a whole window fits the buffers of the kernel.
        }
        catch (SocketException)
        {
            End("The connection broke.");
        }

        _waiting = 0;
    }

    private void End(string why)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
        }

        _swarm.Lost(why);
        _signedIn.TrySetException(new IOException(why));
    }

    public void Dispose()
    {
        lock (_gate)
            _ended = true;
        _socket.Dispose();
        _receive.Dispose();
    }
}
