using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>One technology: its purpose, the instruments that apply on the day asked for, and all that ever applied.</summary>
public sealed class TechnologyModel(
    IGrainFactory grains,
    IDeviceRegister devices,
    IPlaceRegister places,
    IInventoryRegister<Fleet> register,
    TimeProvider time
) : RegisterPage(grains, time)
{
    /// <summary>The most versions on the timeline; the API has all.</summary>
    private const int MaxTexts = 200;

    /// <summary>Null when there is nothing to show.</summary>
    public Technology? Technology { get; private set; }

    /// <summary>Since when it is retired, in words; null while it is in use.</summary>
    public string? RetiredSince { get; private set; }

    internal ImmutableArray<GovernanceRow> Rows { get; private set; } = [];

    internal ImmutableArray<InstrumentTextView> Texts { get; private set; } = [];

    /// <summary>How many versions are left out of the timeline.</summary>
    public int LeftOut { get; private set; }

    /// <summary>The places where fixed devices of it are registered now, whatever day was asked for, with their number.</summary>
    public ImmutableArray<(Place Place, int Devices)> Places { get; private set; } = [];

    /// <summary>The fleets of its mobile devices.</summary>
    public ImmutableArray<(string Id, string Name)> Fleets { get; private set; } = [];

    public async Task OnGetAsync(string id)
    {
        if (!await FindAsync(DocumentKind.Technology, id, $"/technologies/{id}", "technology"))
            return;
        Technology = At.RevisionOn(DocumentKind.Technology, id)!.Document.Value<Technology>();
        if (TechnologyHistory.RetiredSince(At, id) is { } retired)
            RetiredSince = PlainLanguage.Time(At.City.LocalTime(retired.RecordedAt));
        Rows = Known.Table.On(At.Day, id);
        var statuses = Rows.Where(row => row.Version is not null)
            .ToDictionary(row => (row.Instrument.Id, row.Version!.Number), row => row.Status);
        var texts = (
            from instrument in Known.Table.Instruments
            from version in instrument.Versions
            let rule = version.RuleFor(id)
            where rule is not null
            // What waits for an event comes after everything that has a day.
            orderby version.Effective.Condition is not null, version.Effective.From?.Earliest
                ?? version.Effective.FromKnownBy?.Earliest
                ?? version.Effective.FromNotBefore?.Earliest
                ?? version.Passed?.Earliest
                ?? DateOnly.MinValue, instrument.Id, version.Number
            select new InstrumentTextView(
                instrument,
                version,
                [rule],
                statuses.TryGetValue((instrument.Id, version.Number), out var status) ? status : null,
                true,
                Links,
                Known
            )
        ).ToArray();
        Texts = [.. texts.Take(MaxTexts)];
        LeftOut = texts.Length - Texts.Length;
        var used = (await devices.AllAsync(HttpContext.RequestAborted))
            .Where(device => device.Technology == id && device.Place is not null && device.Lifecycle != Lifecycle.Removed)
            .ToArray();
        var placed = used.CountBy(device => device.Place!).ToDictionary();
        Places =
        [
            .. (await places.PlacesAsync(HttpContext.RequestAborted))
                .Where(place => placed.ContainsKey(place.Id))
                .Select(place => (place, placed[place.Id])),
        ];
        var fleets = await PublicFleets.FindAsync(devices, register, null, Now, HttpContext.RequestAborted);
        Fleets = [.. fleets.Known.Where(fleet => fleet.Technology == id).Select(fleet => (fleet.Id, fleets.NameOf(fleet.Id)))];
    }
}
