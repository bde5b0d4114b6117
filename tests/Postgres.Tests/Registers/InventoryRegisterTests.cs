using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Postgres.Registers;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Registers;

/// <summary>Registers with versions answer what held at one time, as it was known at another.</summary>
public sealed class InventoryRegisterTests(SharedCluster cluster)
{
    private const int Acts = 180,
        Questions = 400;

    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Slow]
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_random_month_of_acts_is_answered_on_both_axes_as_by_a_list_of_all_versions(int seed)
    {
        await using var database = await cluster.NewCityAsync();
        var places = new RandomMonth<Place>(new PlaceInventory(database.Source), place => place.Id, PlaceRows.Register.Word);
        var kiosks = new RandomMonth<Kiosk>(new KioskInventory(database.Source), kiosk => kiosk.Id, KioskRows.Register.Word);
        var fleets = new RandomMonth<Fleet>(new FleetInventory(database.Source), fleet => fleet.Id, FleetRows.Register.Word);
        await places.StartAsync();
        await kiosks.StartAsync();
        await fleets.StartAsync();
        var random = new Random(seed);
        var now = SmallCity.Noon;
        for (var i = 0; i < Acts; i++)
        {
            now = now.AddMinutes(random.Next(1, 720));
            var since = random.Next(3) == 0 ? now.AddMinutes(-random.Next(60_000)) : (DateTimeOffset?)null;
            var act = new RegisterAct(Clerk, $"act {i}", now, since);
            var id = $"one-{random.Next(5)}";
            var kind = random.Next(3);
            if (kind == 0)
                await places.ActAsync(random, NewPlace(random, id), act);
            else if (kind == 1)
                await fleets.ActAsync(random, NewFleet(random, id), act);
            else
                await kiosks.ActAsync(random, new Kiosk(id, random.Next(2) == 0 ? SmallCity.Lobby : "gate", random.Next(3) == 0), act);
        }

        Assert.True(places.Refused > 0 && kiosks.Refused > 0 && fleets.Refused > 0, "A month without a refusal proves little.");
        await places.AskAsync(random, now);
        await kiosks.AskAsync(random, now);
        await fleets.AskAsync(random, now);
    }

    private static Place NewPlace(Random random, string id) =>
        new(id, $"Name {random.Next(3)}", "1 Main St", "the corner")
        {
            Geometry = random.Next(3) switch
            {
                0 => null,
                1 => new PlaceGeometry(new Position(random.Next(3), 47.5)),
                _ => new PlaceGeometry(
                    new Area([
                        [
                            [new(0, 0), new(1, 0), new(random.Next(3), 1), new(0, 0)],
                        ],
                    ])
                ),
            },
        };

    private static Fleet NewFleet(Random random, string id) =>
        new(id, random.Next(2) == 0 ? null : "Night", "police", [.. new[] { SmallCity.Lobby, "gate" }.Take(random.Next(3))])
        {
            IsRetired = random.Next(4) == 0,
        };

    [Fact]
    public async Task An_act_on_a_register_has_one_entry_with_its_reason_and_what_is_registered()
    {
        await using var database = await cluster.NewCityAsync();
        var places = new PlaceInventory(database.Source);
        var since = SmallCity.Noon.AddDays(-3);
        var corner = new Place("corner", "Corner", "3 Main St", "the corner");
        Assert.Equal(1, (await places.RegisterAsync(corner, At(1), Cancellation)).Value!.Number);
        var renamed = await places.ChangeAsync(corner with { Name = "New corner" }, 1, At(2, since), Cancellation);
        Assert.Equal(2, renamed.Value!.Number);
        Assert.Equal(
            """{"id":"corner","version":2,"since":"2026-11-20T20:00:00.000000Z","reason":"why","registered":"""
                + """{"id":"corner","name":"New corner","address":"3 Main St","area":"the corner"}}""",
            await BodyAsync(database, LedgerKinds.PlaceChanged)
        );
        var history = await places.HistoryAsync("corner", Cancellation);
        Assert.Equal(["1 why st-1 Corner", "2 why st-1 New corner"], history.Select(Text));
        Assert.Equal(since, history[1].Version.Since);
        Assert.Equal(["1  registry Lobby"], (await places.HistoryAsync(SmallCity.Lobby, Cancellation)).Select(Text));
    }

    [Fact]
    public async Task A_taken_id_a_stale_version_an_unknown_id_and_a_change_of_nothing_are_refused()
    {
        await using var database = await cluster.NewCityAsync();
        var places = new PlaceInventory(database.Source);
        var lobby = (await places.FindAsync(SmallCity.Lobby, null, Cancellation))!.Value;
        Assert.Equal(RefusalCodes.Taken, await CodeAsync(places.RegisterAsync(lobby, At(1), Cancellation)));
        Assert.Equal(RefusalCodes.NothingChanged, await CodeAsync(places.ChangeAsync(lobby, 1, At(1), Cancellation)));
        var renamed = lobby with { Name = "Main lobby" };
        Assert.Equal(RefusalCodes.Stale, await CodeAsync(places.ChangeAsync(renamed, 2, At(1), Cancellation)));
        Assert.Equal(RefusalCodes.NotFound, await CodeAsync(places.ChangeAsync(renamed with { Id = "none" }, 1, At(1), Cancellation)));
        var tomorrow = SmallCity.Noon.AddDays(1);
        Assert.Equal(RefusalCodes.Invalid, await CodeAsync(places.ChangeAsync(renamed, 1, At(1, tomorrow), Cancellation)));
        Assert.Equal(0, await database.AskAsync<long>("select count(*) from registry.ledger_entry where kind = 'place-changed'"));
    }

    private static RegisterAct At(int minute, DateTimeOffset? since = null) => new(Clerk, "why", SmallCity.Noon.AddMinutes(minute), since);

    private static string Text(AttributedVersion<Place> version) =>
        $"{version.Version.Number} {version.Reason} {version.By.Staff ?? version.By.Role} {version.Version.Value.Name}";

    private static async Task<string> CodeAsync<T>(Task<Outcome<T>> outcome)
        where T : class => (await outcome).Refusals.Single().Code;

    private static Task<string?> BodyAsync(Database database, string kind) =>
        database.AskAsync<string>(
            """
            select substring(convert_from(bytes, 'UTF8') from '"body":(.*)\}$')
            from registry.ledger_entry where kind = @kind order by index desc limit 1
            """,
            new { kind }
        );

    /// <summary>One register under random acts, beside a list of every version that it must have.</summary>
    private sealed class RandomMonth<T>(IInventoryRegister<T> register, Func<T, string> idOf, string word)
        where T : class
    {
        private readonly List<RegisterVersion<T>> _all = [];

        public int Refused { get; private set; }

        public async Task StartAsync() => _all.AddRange(await register.ListAsync(null, Cancellation));

        public async Task ActAsync(Random random, T value, RegisterAct act)
        {
            var latest = _all.LastOrDefault(version => idOf(version.Value) == idOf(value));
            var seen = random.Next(5) == 0 ? random.Next(9) : latest?.Number ?? 0;
            var isNew = latest is null;
            var outcome = isNew
                ? await register.RegisterAsync(value, act, Cancellation)
                : await register.ChangeAsync(value, seen, act, Cancellation);
            var isAllowed = isNew || seen == latest!.Number && (act.Since is not null || !latest.Value.Equals(value));
            Assert.Equal((word, isAllowed), (word, outcome.IsDone));
            if (isAllowed)
                _all.Add(new RegisterVersion<T>((latest?.Number ?? 0) + 1, act.Since ?? act.At, act.At, outcome.Value!.Entry, value));
            else
                Refused++;
        }

        public async Task AskAsync(Random random, DateTimeOffset end)
        {
            var edges = _all.SelectMany(version => (DateTimeOffset[])[version.Since, version.RecordedAt]).ToArray();
            for (var i = 0; i < Questions; i++)
            {
                var point = new RegisterPoint(Instant(), Instant());
                var expected = At(point);
                Assert.Equal(expected, await register.ListAsync(point, Cancellation));
                var id = $"one-{random.Next(6)}";
                Assert.Equal(
                    expected.FirstOrDefault(version => idOf(version.Value) == id),
                    await register.FindAsync(id, point, Cancellation)
                );
            }

            Assert.Equal(At(new RegisterPoint(end, end)), await register.ListAsync(null, Cancellation));

            DateTimeOffset Instant() => edges[random.Next(edges.Length)].AddMicroseconds(random.Next(-1, 2));
        }

        private ImmutableArray<RegisterVersion<T>> At(RegisterPoint point) =>
            [
                .. _all.Where(version => version.Since <= point.AsOf && version.RecordedAt <= point.KnownAt)
                    .GroupBy(version => idOf(version.Value))
                    .Select(versions => versions.MaxBy(version => version.Number)!)
                    .OrderBy(version => idOf(version.Value), StringComparer.Ordinal),
            ];
    }
}
