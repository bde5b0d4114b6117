using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Postgres.Notices;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Notices;

/// <summary>Every notice that was ever issued.</summary>
public sealed class NoticeRegisterTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SignedNotice Notice(long sequence, int minutes) =>
        new(
            SmallCity.Lobby,
            sequence,
            SmallCity.Noon.AddMinutes(minutes),
            $"payload-{sequence}",
            "header",
            "signature",
            new string('0', 64),
            new string('1', 64)
        );

    [Fact]
    public async Task The_register_finds_the_notice_that_was_in_force_at_an_instant()
    {
        await using var database = await OpenAsync();
        var register = new NoticeRegister(database.Source);
        Assert.Null(await register.LatestAsync(SmallCity.Lobby, Cancellation));
        foreach (var (sequence, minutes) in new[] { (1, 0), (2, 10), (3, 20) })
            Assert.True(await register.AppendAsync(Notice(sequence, minutes), Cancellation));

        Assert.Equal(Notice(3, 20), await register.LatestAsync(SmallCity.Lobby, Cancellation));
        Assert.Null(await register.FindAtAsync(SmallCity.Lobby, SmallCity.Noon.AddSeconds(-1), Cancellation));
        Assert.Equal(Notice(1, 0), await register.FindAtAsync(SmallCity.Lobby, SmallCity.Noon, Cancellation));
        Assert.Equal(Notice(1, 0), await register.FindAtAsync(SmallCity.Lobby, SmallCity.Noon.AddMinutes(10).AddSeconds(-1), Cancellation));
        Assert.Equal(
            Notice(2, 10),
            await register.FindAtAsync(SmallCity.Lobby, SmallCity.Noon.AddMinutes(10).ToOffset(TimeSpan.FromHours(-8)), Cancellation)
        );
        Assert.Null(await register.LatestAsync("gate", Cancellation));
    }

    [Fact]
    public async Task The_first_of_two_notices_with_the_same_number_is_stored()
    {
        await using var database = await OpenAsync();
        var register = new NoticeRegister(database.Source);
        var kept = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => register.AppendAsync(Notice(1, writer), Cancellation)));
        Assert.Single(kept, success => success);
        Assert.Equal(1, await database.AskAsync<int>("select count(*) from registry.notice"));
    }

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
