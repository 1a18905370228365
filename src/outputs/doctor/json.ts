import type { HostHealth } from '../../model/health.ts';
import { jsonDocument } from '../text/json.ts';

/** `hsctl/doctor/v1`: hosts with the way there and every check. */
export const doctorJson = (hosts: readonly HostHealth[]): string => jsonDocument({ format: 'hsctl/doctor/v1', hosts });
