using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Fleets: named in the ledger once, and counted as of an instant.</summary>
public sealed class FleetTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fleet_is_named_once_when_its_first_device_is_registered()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new DeviceRegister(database.Source);
        await RegisterAsync(Mobile("night-reader-1"), 1);
        await RegisterAsync(Mobile("night-reader-2") with { Kind = "alpr-parking" }, 2);
        await RegisterAsync(Mobile("night-car-1") with { Kind = "in-car" }, 3);
        Assert.Equal(
            [
                """{"fleet":"patrol","technology":"alpr"}""",
                """{"fleet":"night","technology":"alpr"}""",
                """{"fleet":"night","technology":"in-car-video"}""",
            ],
            (
                await database.AskAsync<string>(
                    """
                    select string_agg(substring(convert_from(bytes, 'UTF8') from '"body":(.*)\}$'), E'\n' order by index)
                    from registry.ledger_entry where kind like 'fleet-%'
                    """
                )
            )!.Split('\n')
        );
        Assert.Equal(
            [new NamedFleet("night", "alpr"), new NamedFleet("patrol", "alpr")],
            await register.FleetsNamedAsync(SmallCity.Noon.AddMinutes(2), Cancellation)
        );
        Assert.Equal(
            [new NamedFleet("night", "alpr"), new NamedFleet("night", "in-car-video"), new NamedFleet("patrol", "alpr")],
            await register.FleetsNamedAsync(SmallCity.Noon.AddMinutes(3), Cancellation)
        );

        Task RegisterAsync(Device device, int minute) =>
            register.RegisterAsync(
                device with
                {
                    Fleet = "night",
                },
                Clerk,
                "For the night.",
                SmallCity.Noon.AddMinutes(minute),
                Cancellation
            );
    }

    [Fact]
    public async Task A_fleet_is_counted_as_it_was_at_the_instant()
    {
        await using var database = await cluster.NewCityAsync();
        var (register, enrolment) = (new DeviceRegister(database.Source), new EnrolmentRegisters(database.Source));
        DateTimeOffset Minute(int minute) => SmallCity.Noon.AddMinutes(minute);
        async Task<string> FleetsAt(DateTimeOffset at) =>
            string.Join(
                ' ',
                (await register.FleetsAsync(at, Cancellation)).Select(fleet => $"{fleet.Id}/{fleet.Department}:{fleet.Units}")
            );
        var device = Mobile("patrol-reader-77");
        await register.RegisterAsync(device, Clerk, "", Minute(10), Cancellation);
        await register.ChangeAsync(device with { Fleet = "night" }, 1, Clerk, "", Minute(20), Cancellation);
        await register.ChangeAsync(device with { Fleet = "night", Department = "parking" }, 2, Clerk, "", Minute(30), Cancellation);
        await enrolment.Credentials.IssueSecretAsync(device.Id, DeviceSecret.Hash("x"), Clerk, "", Minute(35), Cancellation);
        await register.ChangeAsync(
            device with
            {
                Fleet = "night",
                Department = "parking",
                Lifecycle = Lifecycle.Removed,
            },
            3,
            Clerk,
            "",
            Minute(40),
            Cancellation
        );
        await register.ChangeAsync(device with { Lifecycle = Lifecycle.Active }, 4, Clerk, "", Minute(50), Cancellation);

        foreach (
            var (from, fleets) in new[]
            {
                (0, "patrol/police:1"),
                (10, "patrol/police:2"),
                (20, "night/police:1 patrol/police:1"),
                (30, "night/parking:1 patrol/police:1"),
                (40, "patrol/police:1"),
                (50, "patrol/police:2"),
            }
        )
        {
            Assert.Equal(fleets, await FleetsAt(Minute(from)));
            Assert.Equal(fleets, await FleetsAt(Minute(from + 10).AddMicroseconds(-1)));
        }
    }

    private static Device Mobile(string id) => Device.Of(id, "alpr-patrol", [Capture.Plates], null, "patrol", "police", Lifecycle.Active);
}
