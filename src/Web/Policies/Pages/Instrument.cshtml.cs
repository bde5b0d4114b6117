using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Api;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>One text that governs: what it is, how it stands, every version of it, and what was recorded of it.</summary>
public sealed class InstrumentModel(IGrainFactory grains, TimeProvider time) : RegisterPage(grains, time)
{
    /// <summary>Null when there is nothing to show.</summary>
    public Instrument? Instrument { get; private set; }

    internal ImmutableArray<GovernanceRow> Rows { get; private set; } = [];

    internal ImmutableArray<InstrumentTextView> Texts { get; private set; } = [];

    /// <summary>Ids of the texts whose place this one took.</summary>
    internal ImmutableArray<string> Supersedes { get; private set; } = [];

    public async Task OnGetAsync(string id)
    {
        if (!await LookAsync(DocumentKind.Instrument, id, $"/instruments/{id}", "text"))
            return;
        var instrument = Instrument = Known.Table.Instruments.First(one => one.Id == id);
        Rows = RegistersApi.StandingOf(instrument, At);
        Supersedes = [.. RegistersApi.SupersededBy(id, Known)];
        Texts =
        [
            .. instrument.Versions.Select(version => new InstrumentTextView(
                instrument,
                version,
                version.Rules,
                Rows.FirstOrDefault(row => row.Version?.Number == version.Number)?.Status,
                false,
                Links,
                Known
            )),
        ];
    }
}
