using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Presence;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>A result that was never set must never acknowledge a heartbeat.</summary>
public sealed class WriteBatchTests
{
    [Fact]
    public void The_default_write_result_is_failed() => Assert.Equal(WriteResult.Failed, default(WriteResult));

    [Fact]
    public void A_write_whose_result_was_not_set_fails()
    {
        List<WriteResult> results = [];
        var batch = new WriteBatch([new RecordingWrite(results), new RecordingWrite(results), new RecordingWrite(results)]);

        batch.Set(1, WriteResult.Durable);
        batch.Complete();

        Assert.Equal([WriteResult.Failed, WriteResult.Durable, WriteResult.Failed], results);
    }

    private sealed class RecordingWrite(List<WriteResult> results) : LogWrite
    {
        public override void Complete(WriteResult settlement) => results.Add(settlement);
    }
}
