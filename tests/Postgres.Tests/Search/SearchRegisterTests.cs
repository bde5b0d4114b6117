using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Search;
using SurveillanceRegistry.Postgres.Changes;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Search;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Search;

/// <summary>What the indexes find, and that no single mobile device is in any.</summary>
public sealed class SearchRegisterTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("lobby")]
    [InlineData("LOB")]
    [InlineData("main entr")]
    [InlineData("camera")]
    public async Task Places_screens_and_fixed_devices_are_found_by_the_beginnings_of_words(string text)
    {
        await using var database = await cluster.NewCityAsync();
        var found = await FindAsync(database, text);
        Assert.NotEmpty(found);
        Assert.All(found, subject => Assert.NotNull(SearchHit.Find(subject, SearchQuery.Read(text).Value!)));
    }

    [Fact]
    public async Task A_single_device_that_people_wear_or_drive_is_found_by_no_word_of_it()
    {
        await using var database = await cluster.NewCityAsync();
        var mobile = (await new DeviceRegister(database.Source).AllAsync(Cancellation)).Single(device => device.Fleet is not null);
        foreach (var text in new[] { mobile.Id, mobile.Kind, "patrol", "alpr" })
            Assert.DoesNotContain(await FindAsync(database, text), subject => subject.Id == mobile.Id);
        Assert.Equal(
            0,
            await database.AskAsync<long>(
                "select count(*) from pg_index where indexrelid = 'registry.device_by_words'::regclass and indpred is null"
            )
        );
    }

    [Fact]
    public async Task What_was_removed_is_found_by_staff_alone()
    {
        await using var database = await cluster.NewCityAsync();
        var devices = new DeviceRegister(database.Source);
        var device = (await devices.AllAsync(Cancellation)).Single(one => one.Fleet is null);
        await devices.ChangeAsync(
            device with
            {
                Lifecycle = Lifecycle.Removed,
            },
            1,
            new Attribution("device-clerk"),
            "It is gone.",
            SmallCity.Noon,
            Cancellation
        );
        Assert.DoesNotContain(await FindAsync(database, device.Id), subject => subject.Kind == SearchKind.Device);
        Assert.Contains(await FindAsync(database, device.Id, isForStaff: true), subject => subject.Id == device.Id);
        Assert.DoesNotContain(await FindAsync(database, "kiosk 2"), subject => subject.Id == "kiosk-2");
        Assert.Contains(await FindAsync(database, "kiosk 2", isForStaff: true), subject => subject.Id == "kiosk-2");
    }

    [Theory]
    [InlineData("'; drop table registry.place; --")]
    [InlineData("a & b | !c <-> d:*")]
    [InlineData("\\'x\\")]
    [InlineData("كاميرا")]
    [InlineData("100%")]
    [InlineData("😀")]
    [InlineData("e\u0301clair")]
    public async Task Any_query_is_answered(string text)
    {
        await using var database = await cluster.NewCityAsync();
        Assert.Empty(await FindAsync(database, text));
    }

    [Fact]
    public async Task A_text_without_blanks_is_recorded_and_found_by_its_beginning()
    {
        await using var database = await cluster.NewCityAsync();
        var word = new string('w', 3000);
        await database.AskAsync<object?>($"update registry.place set body = jsonb_set(body, '{{name}}', '\"{word}\"')");
        Assert.NotEmpty(await FindAsync(database, word[..200]));
    }

    private static async Task<IReadOnlyCollection<SearchSubject>> FindAsync(Database database, string text, bool isForStaff = false) =>
        await new SearchRegister(database.Source, new ChangeRegister(database.Source)).FindAsync(
            SearchQuery.Read(text).Value!,
            isForStaff,
            50,
            Cancellation
        );
}
