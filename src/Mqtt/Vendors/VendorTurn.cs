using System.Threading.Channels;
using SurveillanceRegistry.Mqtt.Connections;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>
/// Lets one thread at a time append what a gateway's messages report, and until it is done: the thread that reads the connection, or the
/// check timer. Both use the ingest states of the same devices, and a later report must not be appended first.
/// </summary>
internal sealed class VendorTurn
{
    /// <summary>Holds the turn that is taken; another one waits for room.</summary>
    private readonly Channel<bool> _taken = Channel.CreateBounded<bool>(1);

    /// <summary>Takes the turn, unless another thread has it.</summary>
    public bool TryTake() => _taken.Writer.TryWrite(true);

    /// <summary>Waits for the turn and takes it.</summary>
    public Task TakeAsync() => _taken.Writer.WriteAsync(true).AsTask();

    /// <summary>Ends the turn.</summary>
    public void End() => _taken.Reader.TryRead(out _);

    /// <summary>Ends the turn when the work is done.</summary>
    public async ValueTask<DisconnectCause?> EndAfterAsync(ValueTask<DisconnectCause?> work)
    {
        try
        {
            return await work;
        }
        finally
        {
            End();
        }
    }
}
