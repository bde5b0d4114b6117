using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Ledger;

/// <summary>Rows as PostgreSQL's binary COPY sends them.</summary>
public sealed class CopiedRowsTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_of_any_length_come_whole_and_in_their_order()
    {
        const string Lengths = """
            select number, repeat('é', (number * 7919 % 90000)::int), case when number % 3 = 0 then null else number::text end
            from generate_series(0::bigint, 99) as number
            order by number.number
            """;
        await using var database = await cluster.NewRegisterAsync();
        await using var connection = await database.ConnectAsync();
        await using var rows = await CopiedRows.BeginAsync(connection, Lengths, Cancellation);
        for (var n = 0L; n < 100; n++)
        {
            Assert.True(await rows.ReadAsync(Cancellation));
            Assert.Equal(3, rows.Count);
            Assert.Equal(n, rows.Number(0));
            Assert.Equal(new string('é', (int)(n * 7919 % 90000)), rows.Text(1));
            Assert.Equal(n % 3 == 0 ? null : $"{n}", rows.Text(2));
        }

        Assert.False(await rows.ReadAsync(Cancellation));
        Assert.False(await rows.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task A_statement_without_rows_has_none()
    {
        await using var database = await cluster.NewRegisterAsync();
        await using var connection = await database.ConnectAsync();
        await using var rows = await CopiedRows.BeginAsync(connection, "select 1::bigint where false", Cancellation);
        Assert.False(await rows.ReadAsync(Cancellation));
    }

    [Theory]
    [InlineData("2026-11-30 22:49:00.123456+00", "2026-11-30T22:49:00.1234560+00:00")]
    [InlineData("2000-01-01 00:00:00+00", "2000-01-01T00:00:00.0000000+00:00")]
    [InlineData("infinity", "9999-12-31T23:59:59.9999999+00:00")]
    [InlineData("-infinity", "9999-12-31T23:59:59.9999999+00:00")]
    [InlineData("1999-12-31 23:59:59+00", "9999-12-31T23:59:59.9999999+00:00")]
    public async Task An_instant_that_no_entry_can_have_is_the_last_one(string stored, string expected)
    {
        await using var database = await cluster.NewRegisterAsync();
        await using var connection = await database.ConnectAsync();
        await using var rows = await CopiedRows.BeginAsync(connection, $"select '{stored}'::timestamptz", Cancellation);
        Assert.True(await rows.ReadAsync(Cancellation));
        Assert.Equal(expected, rows.Instant(0).ToString("O", System.Globalization.CultureInfo.InvariantCulture));
    }
}
