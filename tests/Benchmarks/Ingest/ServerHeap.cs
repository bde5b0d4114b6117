using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>What lives on the heap of a .NET server: it is asked for a full collection, and tells what survived.</summary>
internal static class ServerHeap
{
    private static readonly TimeSpan LongestCollection = TimeSpan.FromMinutes(2);

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
            source.Clr.GCStart += started => isFull = started.Depth == 2;
            source.Clr.GCHeapStats += after =>
            {
                if (isFull)
                    live.TrySetResult(
                        after.TotalPromotedSize0
                            + after.TotalPromotedSize1
                            + after.TotalPromotedSize2
                            + after.TotalPromotedSize3
                            + after.TotalPromotedSize4
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
