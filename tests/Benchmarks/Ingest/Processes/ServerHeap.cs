using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace SurveillanceRegistry.Benchmarks.Ingest.Processes;

/// <summary>Measures the live objects on the heap of a .NET process: requests a full collection and reads what survived.</summary>
internal static class ServerHeap
{
    private static readonly TimeSpan LongestCollection = TimeSpan.FromMinutes(2);

    /// <summary>Returns the bytes that survive a full collection.</summary>
    public static async Task<long> LiveBytesAsync(int pid)
    {
        using var session = await new DiagnosticsClient(pid).StartEventPipeSessionAsync(
            [
                new EventPipeProvider(
                    "Microsoft-Windows-DotNETRuntime",
                    EventLevel.Informational,
                    (long)(ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect)
                ),
            ],
            requestRundown: false,
            circularBufferMB: 16,
            CancellationToken.None
        );
        var live = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(() =>
        {
            using var source = new EventPipeEventSource(session.EventStream);
            var isFull = false;
            source.Clr.GCStart += start => isFull = start.Depth == 2;
            source.Clr.GCHeapStats += heap =>
            {
                if (isFull)
                    live.TrySetResult(
                        heap.TotalPromotedSize0
                            + heap.TotalPromotedSize1
                            + heap.TotalPromotedSize2
                            + heap.TotalPromotedSize3
                            + heap.TotalPromotedSize4
                    );
            };
            source.Process();
        });
        var bytes = await live.Task.WaitAsync(LongestCollection);
        await session.StopAsync(CancellationToken.None);
        await reading;
        return bytes;
    }
}
