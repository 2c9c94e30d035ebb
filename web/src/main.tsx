import './style/base.css';
import './style/shell.css';
import './style/widgets.css';
import './style/activity.css';
import './style/network.css';
import './style/sessions.css';
import './style/hosts.css';
import './style/audit.css';
import './style/configuration.css';

import { render } from 'preact';

import { keepUpWithDaemon } from './daemon/poll';
import { Page } from './shell/page';

keepUpWithDaemon();
render(<Page />, document.getElementById('page')!);
