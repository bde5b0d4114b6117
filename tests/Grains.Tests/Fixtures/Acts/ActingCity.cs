using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Grains.Tests.Fixtures.Acts;

/// <summary>A random city in which acts are carried out: by the registry, and in the model of each device.</summary>
internal sealed partial class ActingCity
{
    private static readonly string[] Kinds = ["facility-camera", "alpr-fixed", "public-cctv"];
    private static readonly Capture[] All = Enum.GetValues<Capture>();

    private readonly RestartableCity _city;
    private readonly string _name;

    private ActingCity(RestartableCity city, string name, ImmutableArray<Place> places, IEnumerable<Device> devices)
    {
        (_city, _name, Places) = (city, name, places);
        Models = [.. devices.Select(device => new DeviceModel(device))];
    }

    /// <summary>The fixed devices.</summary>
    public List<DeviceModel> Models { get; }

    public ImmutableArray<Place> Places { get; }

    public DateTimeOffset Now => _city.Time.GetUtcNow();

    /// <summary>Opens a registry with a random city. Its ids begin with its name, so that no other city answers for it.</summary>
    public static async Task<ActingCity> OpenAsync(RestartableCity city, string name, int seed)
    {
        var random = new Random(seed);
        ImmutableArray<Place> places =
        [
            .. Enumerable
                .Range(0, random.Next(2, 4))
                .Select(i => new Place($"{name}-place-{i}", $"Place {i}", $"{i} Main St", "all of it")),
        ];
        Device[] devices =
        [
            .. Enumerable
                .Range(0, random.Next(1, 5))
                .Select(i => Random(name, i, random.Next(1 << 20), random.Next(1 << 24), places))
                .Select((device, i) => device with { Number = i + 1 }),
        ];
        ImmutableArray<Capture> both = [Capture.Video, Capture.Audio];
        var worn = Device.Of(name + "-worn", "body-worn", both, null, name + "-fleet", "police", Lifecycle.Active);
        await city.OpenAsync(
            SmallCity.Opening() with
            {
                Places = places,
                Kiosks = [],
                Devices = [.. devices, worn],
                FleetBases = [new FleetBase(worn.Fleet!, "police", [places[0].Id])],
            }
        );
        return new ActingCity(city, name, places, devices);
    }

    /// <summary>The fleet that works from the first place.</summary>
    public string Fleet => _name + "-fleet";

    /// <summary>Carries out an act, and waits until the registry has done what follows from it.</summary>
    public async Task ActAsync(RandomAct act)
    {
        await _city.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        var model = Models[act.Device % Models.Count];
        if (!await ActOfDeviceAsync(model, act) && !await ActOfRegistryAsync(model, act))
            await ActOfClerkAsync(model, act);
        await _city.SettleAsync();
    }

    private static Device Random(string name, int number, int choice, int captures, ImmutableArray<Place> places) =>
        Device.Of(
            $"{name}-device-{number}",
            Kinds[choice % Kinds.Length],
            SensorsOf(captures),
            places[choice / 4 % places.Length].Id,
            null,
            "police",
            (choice / 64 % 8) switch
            {
                0 => Lifecycle.Planned,
                1 => Lifecycle.Paused,
                2 => Lifecycle.Installed,
                _ => Lifecycle.Active,
            }
        );

    /// <summary>At least one sensor and mostly two or three.</summary>
    private static ImmutableArray<Capture> SensorsOf(int captures)
    {
        ImmutableArray<Capture> sensors = [.. All.Where(capture => (captures >> (int)capture * 2 & 3) == 0)];
        return sensors.IsEmpty ? [All[captures % All.Length]] : sensors;
    }

    /// <summary>A report of these captures in random modes.</summary>
    private static CaptureReport ReportOf(IEnumerable<Capture> named, int modes) =>
        named.Aggregate(default(CaptureReport), (report, capture) => report.With(capture, ModeOf(modes >> (int)capture * 3 & 7)));

    private static Mode ModeOf(int drawn) =>
        drawn switch
        {
            < 3 => Mode.Off,
            < 5 => Mode.Live,
            _ => Mode.Recorded,
        };

    /// <summary>Some captures: mostly those that are registered.</summary>
    private static IEnumerable<Capture> SomeOf(Device device, int choice) =>
        All.Where(capture => (choice >> (int)capture * 3 & 7) is var drawn && (device.Sensors.Contains(capture) ? drawn > 0 : drawn > 6));

    private async Task<bool> ActOfRegistryAsync(DeviceModel model, RandomAct act)
    {
        switch (act.Kind)
        {
            case ActKind.Wait:
                int[] seconds = [1, 14, 16, 29, 31, 61];
                await _city.AdvanceAsync(TimeSpan.FromSeconds(seconds[act.Choice % seconds.Length]));
                return true;
            case ActKind.Outage:
                _city.Memory.IsOutOfReach = true;
                await _city.AdvanceAsync(TimeSpan.FromSeconds(7 + act.Choice % 30));
                await Faces.CheckOutageAsync(_city, this);
                _city.Memory.IsOutOfReach = false;
                await _city.AdvanceAsync(TimeSpan.FromSeconds(11)); // Each place asks again within ten seconds.
                return true;
            case ActKind.MassDisconnect:
                _city.ReportMassDisconnect();
                return true;
            case ActKind.Restart:
                await _city.RestartAsync();
                Models.ForEach(restarted => restarted.End());
                Models.ForEach(restarted => restarted.ForgetSessions());
                return true;
            case ActKind.LoseGrains:
                await _city.LoseGrainsAsync(model.Device);
                Models.ForEach(lost => lost.ForgetSessions());
                return true;
            default:
                return false;
        }
    }

    private static Attribution Person(string role, int number) => new(role, "police", $"st-{role}-{number}");
}
