using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SurveillanceRegistry.Benchmarks.Ingest.Load;

/// <summary>
/// One MQTT connection of the load generator. It reads on the thread of the socket engine and answers each acknowledgement at once with
/// the next publish, if there is one. Publishes that can go out together are sent in one write.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private const int SourceAddresses = 16;

    private readonly LoadClients _clients;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly TaskCompletionSource<int> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<(int Device, long Due)> _overdue = new();
    private readonly Lock _lock = new();
    private readonly byte[] _input;
    private readonly byte[] _output;
    private readonly long[] _dueByPacketId;
    private readonly ushort[] _freePacketIds;
    private int _inputLength;
    private int _outputLength;
    private int _freeCount;
    private bool _isEnded;

    public LoadConnection(LoadClients clients, int number, int window)
    {
        (_clients, Number) = (clients, number);
        _input = GC.AllocateUninitializedArray<byte>(window > 1 ? 8192 : 256, pinned: true);
        _output = new byte[Math.Min(window, 64) * clients.Template.Length];
        _dueByPacketId = new long[window + 1];
        _freePacketIds = new ushort[window];
        for (var id = window; id >= 1; id--)
            _freePacketIds[_freeCount++] = (ushort)id;
        _receive.SetBuffer(_input, 0, _input.Length);
        _receive.Completed += (_, _) => OnReceived();
    }

    public int Number { get; }

    /// <summary>The index, among the devices of this connection, of the one that publishes next; managed by the group.</summary>
    public int NextDevice { get; set; }

    public int InFlight
    {
        get
        {
            lock (_lock)
                return _isEnded ? 0 : _freePacketIds.Length - _freeCount + _overdue.Count;
        }
    }

    /// <summary>Connects and signs in; returns the broker's Receive Maximum.</summary>
    public async Task<int> OpenAsync(IPEndPoint broker, string id, string secret, ushort keepAliveSeconds)
    {
        // Several source addresses: one address does not have enough ports for all connections.
        _socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + Number % SourceAddresses)]), 0));
        await _socket.ConnectAsync(broker);
        _socket.Send(MqttWire.Connect(id, secret, keepAliveSeconds));
        if (!_socket.ReceiveAsync(_receive))
            ThreadPool.UnsafeQueueUserWorkItem(_ => OnReceived(), null);
        return await _connected.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Publishes until the window is full or the group has no more messages.</summary>
    public void FillWindow()
    {
        lock (_lock)
            PublishNext();
    }

    /// <summary>Adds a heartbeat that is due. It is sent by <see cref="Flush"/>, or later when the window is full.</summary>
    public void Enqueue(int device, long due)
    {
        lock (_lock)
        {
            if (_freeCount == 0 || _overdue.Count > 0)
                _overdue.Enqueue((device, due));
            else
                WriteHeartbeat(device, due);
        }
    }

    public void Flush()
    {
        lock (_lock)
            Send();
    }

    private void OnReceived()
    {
        do
        {
            if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
            {
                End("The connection ended.");
                return;
            }

            lock (_lock)
            {
                _inputLength += _receive.BytesTransferred;
                ReadPackets();
                PublishNext();
                if (_isEnded)
                    return;
            }

            _receive.SetBuffer(_inputLength, _input.Length - _inputLength);
        } while (!ReceiveAsync());
    }

    /// <summary>Handles all complete packets of the input and keeps the rest.</summary>
    private void ReadPackets()
    {
        var now = Stopwatch.GetTimestamp();
        var consumed = 0;
        while (MqttWire.TryReadPacket(_input.AsSpan(consumed, _inputLength - consumed), out var type, out var body, out var length))
        {
            Handle(type, body, now);
            consumed += length;
        }

        _input.AsSpan(consumed, _inputLength - consumed).CopyTo(_input);
        _inputLength -= consumed;
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

    private void Handle(byte type, ReadOnlySpan<byte> body, long now)
    {
        switch (type)
        {
            case MqttWire.PubAck:
                var id = BinaryPrimitives.ReadUInt16BigEndian(body);
                _freePacketIds[_freeCount++] = id;
                var isSuccess = body.Length < 3 || body[2] is 0 or MqttWire.NoMatchingSubscribers;
                _clients.OnAcknowledged(now - _dueByPacketId[id], _dueByPacketId[id], isSuccess);
                break;
            case MqttWire.ConnAck when body[1] == 0:
                _connected.TrySetResult(MqttWire.ReceiveMaximum(body));
                break;
            case MqttWire.ConnAck:
                End($"The broker refused the connection: 0x{body[1]:x2}.");
                break;
            case MqttWire.Disconnect:
                End($"The broker ended the session: 0x{(body.Length > 0 ? body[0] : 0):x2}.");
                break;
        }
    }

    private void PublishNext()
    {
        while (!_isEnded && _freeCount > 0)
        {
            if (_overdue.TryDequeue(out var overdue))
                WriteHeartbeat(overdue.Device, overdue.Due);
            else if (_clients.TryNextDevice(this, out var device))
                WriteHeartbeat(device, Stopwatch.GetTimestamp());
            else
                break;
        }

        Send();
    }

    private void WriteHeartbeat(int device, long due)
    {
        var length = _clients.Template.Length;
        if (_outputLength + length > _output.Length)
            Send();
        var id = _freePacketIds[--_freeCount];
        _dueByPacketId[id] = due;
        _clients.WriteHeartbeat(_output.AsSpan(_outputLength), device, id);
        _outputLength += length;
    }

    private void Send()
    {
        if (_outputLength == 0 || _isEnded)
            return;
        try
        {
            _socket.Send(_output.AsSpan(0, _outputLength)); // Never blocks: the kernel buffers hold a whole window.
        }
        catch (SocketException)
        {
            End("The connection broke.");
        }

        _outputLength = 0;
    }

    private void End(string reason)
    {
        lock (_lock)
        {
            if (_isEnded)
                return;
            _isEnded = true;
        }

        _clients.OnConnectionLost(reason);
        _connected.TrySetException(new IOException(reason));
    }

    public void Dispose()
    {
        lock (_lock)
            _isEnded = true;
        _socket.Dispose();
        _receive.Dispose();
    }
}
