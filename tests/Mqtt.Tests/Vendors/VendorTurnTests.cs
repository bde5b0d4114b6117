using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors;

/// <summary>The check timer and the thread that reads a connection never append for one gateway at the same time.</summary>
public sealed class VendorTurnTests
{
    [Fact]
    public async Task A_turn_ends_only_when_the_work_of_its_thread_is_done()
    {
        var turn = new VendorTurn();
        Assert.True(turn.TryTake());
        var work = new TaskCompletionSource<DisconnectCause?>();
        var ending = turn.EndAfterAsync(new(work.Task)).AsTask();
        var next = turn.TakeAsync();
        Assert.Equal((false, false), (turn.TryTake(), next.IsCompleted));

        work.SetResult(null);
        Assert.Null(await ending);
        await next;
        Assert.False(turn.TryTake());
        turn.End();
        Assert.True(turn.TryTake());
    }

    [Fact]
    public async Task A_turn_ends_when_the_work_of_its_thread_fails()
    {
        var turn = new VendorTurn();
        Assert.True(turn.TryTake());
        await Assert.ThrowsAsync<TimeoutException>(() =>
            turn.EndAfterAsync(new(Task.FromException<DisconnectCause?>(new TimeoutException()))).AsTask()
        );
        Assert.True(turn.TryTake());
    }
}
