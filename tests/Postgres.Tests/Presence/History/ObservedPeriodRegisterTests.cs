using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Postgres.Presence.History;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence.History;

/// <summary>The register of the periods in which the registry could observe.</summary>
public sealed class ObservedPeriodRegisterTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DateTimeOffset Minute(int minute) => SmallCity.Noon.AddMinutes(minute);

    [Fact]
    public async Task The_register_finds_the_time_in_which_the_server_was_dead()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new ObservedPeriodRegister(database.Source);
        Assert.Equal(new ObservationGap(null, null), await register.FindGapAsync(Minute(0), Minute(60), Cancellation));
        var first = await register.BeginAsync(Minute(0), Cancellation);
        await register.ExtendAsync(first, Minute(10), Cancellation);
        var second = await register.BeginAsync(Minute(20), Cancellation);
        await register.ExtendAsync(second, Minute(60), Cancellation);

        foreach (var minute in new[] { 0, 5, 10, 20, 30, 60 })
            Assert.Null(await register.FindGapAsync(Minute(minute), Minute(60), Cancellation));
        Assert.Equal(new ObservationGap(Minute(10), Minute(20)), await register.FindGapAsync(Minute(15), Minute(60), Cancellation));
        Assert.Equal(new ObservationGap(null, Minute(0)), await register.FindGapAsync(Minute(-1), Minute(60), Cancellation));
        Assert.Equal(new ObservationGap(Minute(60), null), await register.FindGapAsync(Minute(70), Minute(90), Cancellation));
    }
}
