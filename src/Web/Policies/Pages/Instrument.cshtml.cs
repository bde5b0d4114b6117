using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Api;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>One instrument: what it is, its status, its versions and its recorded revisions.</summary>
public sealed class InstrumentModel(IGrainFactory grains, TimeProvider time) : RegisterPage(grains, time)
{
    /// <summary>Null when there is nothing to show.</summary>
    public Instrument? Instrument { get; private set; }

    internal ImmutableArray<GovernanceRow> Rows { get; private set; } = [];

    internal ImmutableArray<InstrumentTextView> Texts { get; private set; } = [];

    /// <summary>Ids of the instruments that this one replaced.</summary>
    internal ImmutableArray<string> Supersedes { get; private set; } = [];

    public async Task OnGetAsync(string id)
    {
        if (!await FindAsync(DocumentKind.Instrument, id, $"/instruments/{id}", "law or policy"))
            return;
        var instrument = Known.Table.Instruments.First(known => known.Id == id);
        Instrument = instrument;
        Rows = InstrumentsApi.StatusOf(instrument, At);
        Supersedes = [.. InstrumentsApi.SupersededBy(id, Known)];
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
